"""Northlight Sessions: people who build things, in Berlin, Reykjavík and online."""

from sample.shapes import Admission, Listing, On, Place, Promo

BERLIN = "Europe/Berlin"
SOUP = Place("Kantine am Ufer", "Berlin", "DE", "52.496800", "13.421900", "Uferwerk 3, Kreuzberg")
TURBINE = Place("Turbinenhaus Ost", "Berlin", "DE", "52.487600", "13.501200", "Am Alten Kraftwerk 12, Rummelsburg")
LETTERS = Place("Setzerei Sieben", "Berlin", "DE", "52.542100", "13.413600", "Hinterhof 7, Prenzlauer Berg")
HEATH = Place("Grótta lighthouse car park", "Reykjavík", "IS", "64.162200", "-22.010500", "Norðurströnd, Seltjarnarnes")

EVENTS = [
    Listing(
        title="Postgres After Dark: Query Plans Over Soup",
        summary="Bring your slowest query. We read its plan together, out loud, and then there is soup.",
        description="""
            An informal evening for people who are responsible for a database, or who have been told they are.

            1. Somebody puts a query plan on the wall
            2. We read it from the inside out
            3. The kitchen interrupts us at eight

            Laptops welcome; slides are not. Please anonymise your data: `EXPLAIN (ANALYZE, BUFFERS)` is enough.
        """,
        category="networking",
        tags=["postgresql", "databases", "meetup", "free"],
        zone=BERLIN,
        starts=On("19:00", 1),
        hours=3,
        place=SOUP,
        capacity=30,
        max_per_person=2,
        cancellation_hours=2,
        admissions=[Admission("A seat and a bowl", sold=26, most=2)],
    ),
    Listing(
        title="Kompass: Two Days of Calm Software",
        summary="A conference about programs that stay up, teams that go home, and changes nobody notices.",
        description="""
            ## Why
            Most talks are about going faster. These are about **not having to**: boring releases, honest
            estimates, deleting code, and being on call without dread.

            ## What
            - One track, twelve talks, long breaks
            - A *hallway room* with a facilitator, for conversations that need a door
            - Childcare on both days; live captions in English and German

            ## Tickets
            Everything includes lunch and the evening boat. If the price is what keeps you away, write to us:
            [there is a fund](https://example.org/kompass/fund), and asking takes one sentence.
        """,
        category="conference",
        tags=["software", "engineering", "reliability", "teams"],
        zone=BERLIN,
        starts=On("09:30", 37, "wed"),
        hours=31.5,
        place=TURBINE,
        capacity=320,
        max_per_person=12,
        cancellation_hours=168,
        announced=70,
        admissions=[
            Admission("Early bird", "149", "The first twenty who trusted us.", limit=20, closes=-21, sold=20),
            Admission("Regular", "249", sold=41),
            Admission("Student", "60", "Bring a card that says so.", limit=40, sold=17, most=2),
            Admission("Patron", "480", "Pays for somebody else's ticket too.", limit=15, sold=11, most=3),
        ],
        fee="2.50",
        pays=["card", "transfer", "door"],
        refunds=[[336, 100], [168, 50]],
        promos=[Promo("CALM-TEAM", percent="15", limit=40, note="For teams of five and more")],
        picture="compass",
    ),
    Listing(
        title="Night Sky Walk at the Lighthouse",
        summary="Eight people, one guide, hot cocoa, and the darkest shore that a city bus can reach.",
        description="""
            We meet at the car park and walk out at low tide. Halla knows the sky by heart and the tide table
            even better; when she says *back*, we go back.

            **Wear more than you think.** Windproof outside, wool inside. Red torches are handed out; white light
            ruins it for everybody.
        """,
        category="other",
        tags=["astronomy", "walking", "night"],
        zone="Atlantic/Reykjavik",
        starts=On("22:00", weekday="sat"),
        hours=2.5,
        place=HEATH,
        capacity=8,
        currency="ISK",
        cancellation_hours=12,
        admissions=[Admission("Walker with cocoa", "4900", sold=6, most=4)],
    ),
    Listing(
        title="Ink Under the Nails: Woodblock Lettering",
        summary="Carve a word, ink it, print it forty times. Bookings open soon, for ten benches.",
        description="""
            You carve **one word of up to seven letters** into cherry wood, backwards, and print it on a proof
            press from the fifties. Choose your word well: every curve costs you twenty minutes.

            Knives, wood, paper and plasters are provided.
        """,
        category="workshop",
        tags=["printing", "craft", "typography", "hands-on"],
        zone=BERLIN,
        starts=On("11:00", 33, "sun"),
        hours=6,
        place=LETTERS,
        capacity=10,
        cancellation_hours=72,
        announced=4,
        admissions=[Admission("Bench", "95", opens=5, most=2)],
    ),
    Listing(
        title="Accessible by Default",
        summary="A live session: we take an ordinary sign-up form and make it work for everyone, step by step.",
        description="""
            Two hours, one form, no theory that we don't use within five minutes. You will hear a screen reader
            read it before and after.

            - labels, errors and focus
            - colour that is not the only clue
            - what the keyboard is for

            The recording and the code are sent to everyone who booked.
        """,
        category="education",
        tags=["accessibility", "web", "online", "design"],
        zone=BERLIN,
        starts=On("17:00", 5, "wed"),
        hours=2,
        online_url="https://meet.example.org/accessible-by-default",
        capacity=120,
        cancellation_hours=1,
        admissions=[
            Admission("Participant", sold=24),
            Admission("Supporter", "15", "Pays for the captions. Thank you!", sold=9),
        ],
    ),
    Listing(
        title="Office Hours: Ask a Database Anything",
        summary="Sixty minutes, no slides: three people who run large databases answer what you ask them.",
        description="""
            Questions were taken live and in advance. The most popular one, as always: *is it the index?*
            (It was the index.)
        """,
        category="education",
        tags=["databases", "online", "questions"],
        zone=BERLIN,
        starts=On("18:00", -9, "tue"),
        hours=1,
        online_url="https://meet.example.org/ask-a-database",
        capacity=200,
        announced=35,
        admissions=[Admission("Seat", sold=23)],
    ),
    Listing(
        title=(
            "An Evening of Remarkably Long Conversations About Remarkably Small Machines, or What Forty Years of "
            "Mending Pocket Calculators Teach About Patience"
        ),
        summary="Herr Baranowski has repaired nine thousand calculators. He brings eleven of them, and a magnifier.",
        description="""
            A talk in English with **much passing around of objects**. Expect solder, segment displays, a machine
            that only ever worked on Tuesdays, and an opinion about batteries.

            Bring a broken calculator and you may get it back alive.
        """,
        category="education",
        tags=["repair", "electronics", "talk", "history"],
        zone=BERLIN,
        starts=On("19:30", 20, "thu"),
        hours=3,
        place=LETTERS,
        capacity=36,
        admissions=[Admission("Chair", "7.50", sold=12), Admission("Chair by the magnifier", "11", limit=5, sold=4)],
    ),
]
