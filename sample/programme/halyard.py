"""Halyard Collective: work, games and music in London, New York and Toronto."""

from sample.shapes import Admission, Listing, On, Place

LONDON, NEW_YORK, TORONTO = "Europe/London", "America/New_York", "America/Toronto"
CANTEEN = Place("The Ropewalk Canteen", "London", "GB", "51.498100", "-0.066300", "Ropewalk Arches 4, Bermondsey")
LIBRARY = Place("Copperfield Reading Room", "London", "GB", "51.525300", "-0.108900", "Inkhorn Lane 22, Clerkenwell")
ROOF = Place("The Ninth Floor", "New York", "US", "40.717200", "-73.960600", "81 Foundry Row, Brooklyn")
HALL = Place("Harbor Exchange Hall", "New York", "US", "40.704600", "-74.010500", "14 Lightship Street, Manhattan")
PARLOUR = Place("Parlour on Garrison", "Toronto", "CA", "43.647900", "-79.417800", "190 Garrison Mews")

EVENTS = [
    Listing(
        title="Breakfast for First-Time Founders",
        summary="Porridge, straight answers, nobody pitching. For people in their first year of running something.",
        description="""
            Three tables, three topics: *the first hire*, *the first invoice nobody pays*, *telling your family*.
            Each table has one person who is five years further on.

            We start on time and finish by half past nine, because you have work to do.
        """,
        category="business",
        tags=["startups", "breakfast", "founders"],
        zone=LONDON,
        starts=On("08:00", 3, "thu"),
        hours=1.5,
        place=CANTEEN,
        currency="GBP",
        capacity=24,
        cancellation_hours=18,
        admissions=[Admission("Breakfast", "12", sold=18, most=3)],
    ),
    Listing(
        title="The Quiet Networking Hour",
        summary="For people who dislike networking: write a card, read the wall, talk to exactly two people.",
        description="""
            Everybody writes one card with *what I can help with* and *what I am stuck on*. The cards go on the wall.
            You read for twenty minutes, in silence. Then you pick two.

            No badges, no lanyards, no speeches. **One ticket per person**, so that every card has a face.
        """,
        category="networking",
        tags=["introverts", "meetup", "careers", "free"],
        zone=LONDON,
        starts=On("18:30", 9, "tue"),
        hours=1,
        place=LIBRARY,
        currency="GBP",
        capacity=40,
        max_per_person=1,
        cancellation_hours=4,
        admissions=[Admission("One card, one chair", sold=12, most=1)],
    ),
    Listing(
        title="Rooftop Jazz Above the River",
        summary="A seven-piece band, one microphone and the skyline. Standing room is left; the tables went fast.",
        description="""
            The **Foundry Row Seven** play two sets of their own arrangements, sunset to late. The lift stops at
            eight; the last flight of stairs is narrow, and there is [a stair lift](https://example.org/ninth-floor).

            | What | When |
            |---|---|
            | Doors | 7:00 pm |
            | First set | 8:00 pm |
            | Second set | 9:30 pm |

            Rain plan: one floor down, same band, lower ceiling.
        """,
        category="entertainment",
        tags=["jazz", "live music", "rooftop"],
        zone=NEW_YORK,
        starts=On("20:00"),
        hours=3,
        place=ROOF,
        currency="USD",
        capacity=90,
        cancellation_hours=24,
        admissions=[
            Admission("Standing", "35", sold=29),
            Admission("Table seat", "60", "Served at the table.", limit=16, sold=16, most=4),
        ],
        picture="skyline",
    ),
    Listing(
        title="Paying for the Sea Wall: A Forum on Climate and Money",
        summary="City treasurers, engineers and insurers in one room, for a day, about who pays for what and when.",
        description="""
            Every coastal city will build something. This forum is about the **invoice**.

            - Morning: four cities show their numbers, including the ones that went wrong
            - Afternoon: working tables of ten, each with an insurer and an engineer
            - Evening: reception on the pier

            Papers are published afterwards, free for everyone.
        """,
        category="conference",
        tags=["climate", "finance", "cities", "policy"],
        zone=NEW_YORK,
        starts=On("09:00", 52, "thu"),
        hours=10,
        place=HALL,
        currency="USD",
        capacity=450,
        cancellation_hours=168,
        announced=10,
        admissions=[
            Admission("Public sector", "90", "With an address that proves it.", opens=6, most=4),
            Admission("Standard", "320", opens=6),
        ],
    ),
    Listing(
        title="Board Games and Butter Tarts",
        summary="Two hundred games, eight people who explain rules well, and a table for those who came for tarts.",
        description="""
            Come alone: the **seating captain** puts you at a table within five minutes. Games from ten minutes to
            three hours, and a quiet room upstairs.

            A ticket includes a hot drink and one tart. The second tart is between you and the baker.
        """,
        category="social",
        tags=["board games", "family", "cakes"],
        zone=TORONTO,
        starts=On("13:00", weekday="sun"),
        hours=5,
        place=PARLOUR,
        currency="CAD",
        capacity=64,
        cancellation_hours=6,
        admissions=[Admission("Player", "9", sold=15), Admission("Player under 12", "4", sold=8)],
    ),
    Listing(
        title="Negotiate Like a Neighbour",
        summary="A half-day class in asking for what you want from people you will meet again tomorrow.",
        description="""
            You don't win against a neighbour. You find something you both can live with, because the fence stays.
            We practise on **real cases**: rent, deadlines, scope, a raise.

            Bring one conversation that you have been putting off. You will have it twice before lunch.
        """,
        category="business",
        tags=["negotiation", "class", "skills"],
        zone=TORONTO,
        starts=On("09:00", 25, "fri"),
        hours=4,
        place=PARLOUR,
        currency="CAD",
        capacity=18,
        cancellation_hours=72,
        admissions=[
            Admission("Seat", "140", sold=7, most=3),
            Admission("Charity seat", "55", "For people who work for a non-profit.", limit=4, sold=4, most=1),
        ],
    ),
    Listing(
        title="Canal Boat Book Club",
        summary="One slow boat, twelve readers and a book about a river.",
        description="""
            We left at four, read until the second lock, and argued until the fifth. Next month's book was chosen
            by drawing straws, as the rules demand.
        """,
        category="social",
        tags=["books", "boats", "reading"],
        zone=LONDON,
        starts=On("16:00", -24, "sun"),
        hours=3,
        place=Place("Little Venice moorings", "London", "GB", "51.521700", "-0.183300", "Blomfield Road"),
        currency="GBP",
        capacity=12,
        announced=60,
        admissions=[Admission("Deckchair", "14", sold=12)],
    ),
    Listing(
        title="Kitchen Choir: Sing From Wherever You Are",
        summary="Three songs in ninety minutes with the microphone off. Nobody hears you but the cat.",
        description="""
            Temi teaches three songs in parts, line by line. You sing along **muted**, in your kitchen, as loudly
            as your walls allow. At the end those who want to send a recording; two weeks later there is a choir.

            - no experience, no sheet music
            - headphones help
            - cameras are up to you
        """,
        category="social",
        tags=["singing", "online", "music", "free"],
        zone=LONDON,
        starts=On("18:30", 1),
        hours=1.5,
        online_url="https://meet.example.org/kitchen-choir",
        currency="GBP",
        capacity=80,
        cancellation_hours=1,
        admissions=[Admission("Voice", description="Free, or pay what you like later.", sold=18)],
    ),
]
