"""Lantern & Quay: culture along the water, in Lisbon and now and then in Paris."""

from sample.shapes import Admission, Listing, On, Place, Promo

LISBON, PARIS = "Europe/Lisbon", "Europe/Paris"
BOATHOUSE = Place("The Old Boathouse", "Lisbon", "PT", "38.703900", "-9.169800", "Doca de Santo Amaro, Alcântara")
KILN = Place("Kiln Yard", "Lisbon", "PT", "38.726400", "-9.134900", "Beco da Olaria 6, Anjos")
BEACH = Place("Praia da Torre", "Oeiras", "PT", "38.675600", "-9.322300", "Avenida Marginal")
STAIRS = Place("Miradouro da Graça", "Lisbon", "PT", "38.716500", "-9.131500", "Largo da Graça")
GARDEN = Place("Jardim da Estrela", "Lisbon", "PT", "38.714600", "-9.159500", "Praça da Estrela")
SHED = Place("Armazém Nove", "Porto", "PT", "41.140200", "-8.634500", "Cais das Barcas 9, Massarelos")
COVERED_MARKET = Place("Halle aux Papiers", "Paris", "FR", "48.870900", "2.378100", "Rue des Imprimeurs 31, Belleville")

EVENTS = [
    Listing(
        title="Fado by Lamplight",
        summary="Two voices, two guitars and no microphones, in a boathouse lit by forty oil lamps.",
        description="""
            When the doors close at half past nine the electric light goes out. What is left is **forty oil lamps**,
            a twelve-string guitar, and two singers who have known each other since school.

            ### How the evening runs
            1. 21:00: doors, a glass of something cold
            2. 21:30: first set, about forty minutes
            3. 22:30: second set; this one is by request

            Please don't clap between the verses. Nobody minds if you cry.
        """,
        category="cultural",
        tags=["fado", "live music", "acoustic", "intimate"],
        zone=LISBON,
        starts=On("21:30"),
        hours=2.5,
        place=BOATHOUSE,
        capacity=44,
        cancellation_hours=6,
        admissions=[
            Admission("Seat", "18", "Any free chair; most are good ones.", sold=27),
            Admission("Front bench", "26", "The two benches by the singers.", limit=12, sold=12),
            Admission("Musicians’ table", "12", "For those who played here.", limit=4, hidden=True),
        ],
        pays=["card", "transfer", "door"],
        promos=[
            Promo("FADO10", percent="10", limit=20, note="From the flyer at the kiosk"),
            Promo("GUITARRA", unlocks=True, limit=4, note="For the musicians"),
        ],
        picture="lamps",
    ),
    Listing(
        title="Throw, Glaze, Fire: A Pottery Weekend",
        summary="Two days at the wheel with six other beginners. You leave with two bowls and tired forearms.",
        description="""
            Saturday is for clay, Sunday is for colour. There are **seven wheels and seven places**, so nobody waits.

            - No experience needed, and none will help much
            - Aprons, clay and lunch on both days are included
            - Your bowls are fired during the week; collect them or have them posted

            Short nails make everything easier.
        """,
        category="workshop",
        tags=["ceramics", "hands-on", "beginners"],
        zone=LISBON,
        starts=On("10:00", weekday="sat"),
        hours=31,
        place=KILN,
        capacity=7,
        max_per_person=2,
        cancellation_hours=72,
        admissions=[Admission("A wheel for the weekend", "145", sold=7, most=2)],
    ),
    Listing(
        title="Sunday Swim and a Very Large Breakfast",
        summary="Eight hundred metres with lifeguards alongside, then eggs, oranges and coffee for everyone.",
        description="""
            We swim along the buoys, never out, in three groups: *steady*, *chatty* and *mostly floating*. Lifeguards
            paddle next to each group.

            Bring a towel, something warm and a mug. Breakfast is carried down by the neighbours, so bring an
            appetite too.

            > If the red flag is up we skip the swim and keep the breakfast.
        """,
        category="sports",
        tags=["swimming", "outdoors", "breakfast", "free"],
        zone=LISBON,
        starts=On("08:30", weekday="sun"),
        hours=3,
        place=BEACH,
        capacity=80,
        max_per_person=4,
        cancellation_hours=12,
        admissions=[Admission("Swimmer", sold=12, most=4), Admission("Breakfast only", sold=9, most=4)],
    ),
    Listing(
        title="Short Films From a Long River",
        summary="Eleven films, all shot within sight of the Tagus, shown on a sail hung between two masts.",
        description="""
            The screen is a mainsail. The seats are crates, cushions and whatever you bring. The films are by people
            who live on the river: a ferry captain, two schools, a retired diver.

            **Subtitles** in Portuguese and English throughout. If it rains we move into the boathouse, with room
            for all who have booked.
        """,
        category="entertainment",
        tags=["film", "open air", "river", "free"],
        zone=LISBON,
        starts=On("21:00", 7, "fri"),
        hours=2,
        place=BOATHOUSE,
        capacity=140,
        admissions=[Admission("A crate to sit on", description="Free; donations keep the projector alive.", sold=21)],
    ),
    Listing(
        title="Atlantic Makers Fair",
        summary="A hundred benches of things people built: boats, looms, radios, bread ovens on bicycles.",
        description="""
            One hall, one hundred makers, and a rule: **everything on a bench may be touched**.

            ## For visitors
            Come for an hour or the day. The repair corner takes lamps, toasters and trousers until four.

            ## For makers
            A maker's ticket is a bench of 180 × 70 cm, a socket and two lunches. Tell us what you bring at
            [the makers' page](https://example.org/atlantic-makers).
        """,
        category="other",
        tags=["makers", "family", "fair", "repair"],
        zone=LISBON,
        starts=On("10:00", 43, "sat"),
        hours=9,
        place=SHED,
        capacity=300,
        cancellation_hours=48,
        admissions=[
            Admission("Early visitor", "6", "Until three days ago.", limit=60, closes=-3, sold=21),
            Admission("Visitor", "9", sold=17),
            Admission("Under 14", description="Together with a grown-up.", sold=10),
            Admission("Maker's bench", "35", "A bench, a socket, two lunches.", limit=40, sold=9, most=2),
        ],
    ),
    Listing(
        title="Slow Yoga for Fast Runners",
        summary="An hour on the grass for sore legs.",
        description="""
            Planned for the morning after the race. The garden is closed for repairs that weekend, so we had to call
            it off. We will be back.
        """,
        category="sports",
        tags=["yoga", "running", "outdoors", "free"],
        zone=LISBON,
        starts=On("10:00", 12, "sun"),
        hours=1,
        place=GARDEN,
        capacity=60,
        status="cancelled",
        admissions=[Admission("Mat", sold=16)],
    ),
    Listing(
        title="Tile Walk: Five Centuries on the Wall",
        summary="Ninety minutes downhill, from a convent to a metro station, reading the city's walls as we go.",
        description="""
            Rita restores tiles for a living and talks about them the way others talk about football. We start at
            the top of the hill and let gravity do the rest.

            Flat shoes. Children welcome. Ends at a bakery.
        """,
        category="cultural",
        tags=["walking", "history", "tiles"],
        zone=LISBON,
        starts=On("10:30", -13, "sat"),
        hours=1.5,
        place=STAIRS,
        capacity=20,
        announced=45,
        admissions=[Admission("Walker", "12", sold=17)],
    ),
    Listing(
        title="Marché des Petites Presses",
        summary="Zines, risographs, maps and one very small newspaper: sixty tiny publishers under a glass roof.",
        description="""
            Sixty publishers whose whole print run would fit into a rucksack. Most of them stand behind the table
            themselves and will tell you about paper if you let them.

            - **11:00–13:00** quiet hours: no music, fewer people
            - **15:00** how to bind a book with dental floss
            - **17:00** swap table: bring one, take one
        """,
        category="cultural",
        tags=["zines", "print", "market", "free"],
        zone=PARIS,
        starts=On("11:00", 16, "sat"),
        hours=8,
        place=COVERED_MARKET,
        capacity=120,
        admissions=[
            Admission("Entrée libre", description="Free, all day.", sold=14),
            Admission("Book-binding at three", "8", "Needle, floss and paper included.", limit=16, sold=13, most=2),
        ],
    ),
    Listing(
        title="Lantern Parade Along the Docks",
        summary="We are still looking for a brass band. Lanterns, on the other hand, we have.",
        description="""
            *Working notes.* Route agreed with the harbour office; start at the boathouse at dusk, end at the
            swing bridge. Needs: a brass band, twelve stewards, and somebody who can fold a whale.
        """,
        category="social",
        tags=["parade", "lanterns", "family"],
        zone=LISBON,
        starts=On("20:30", 61, "sat"),
        hours=2,
        place=BOATHOUSE,
        capacity=500,
        status="draft",
        admissions=[Admission("Lantern carrier"), Admission("Lantern-making kit", "14", limit=120)],
    ),
]
