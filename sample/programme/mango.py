"""Mango Grove Projects: learning and listening in Kolkata and Nairobi."""

from sample.shapes import Admission, Listing, On, Place

KOLKATA, NAIROBI = "Asia/Kolkata", "Africa/Nairobi"
COURTYARD = Place("Banyan Courtyard", "Kolkata", "IN", "22.516300", "88.349700", "Lake Gardens Lane 5")
GHAT = Place("Prinsep Ghat lawn", "Kolkata", "IN", "22.556800", "88.331500", "Strand Road")
KITCHEN = Place("Rina’s Long Table", "Kolkata", "IN", "22.528600", "88.365200", "Ballygunge Terrace 17")
WORKSHOP = Place("Jua Kali Learning Yard", "Nairobi", "KE", "-1.291200", "36.844900", "Workshop Road 8, Gikomba")
GARDEN = Place("Acacia Deck", "Nairobi", "KE", "-1.289600", "36.786300", "Riverside Close 40, Kilimani")
FOREST = Place("Karura Forest, gate A", "Nairobi", "KE", "-1.236300", "36.823500", "Limuru Road")

EVENTS = [
    Listing(
        title="Adda Under the Banyan",
        summary="No agenda, endless tea, four guests who will talk about anything but their work.",
        description="""
            An *adda* is a conversation with no purpose and no end. Ours has a closing time, because of the
            neighbours.

            This month's guests: a tram driver, a translator, a wrestler and a judge. They have agreed not to talk
            shop. **Tea and muri are included**, and keep coming.
        """,
        category="cultural",
        tags=["conversation", "tea", "bengali"],
        zone=KOLKATA,
        starts=On("17:30", 8, "sat"),
        hours=3.5,
        place=COURTYARD,
        currency="INR",
        capacity=70,
        cancellation_hours=6,
        admissions=[Admission("Cushion", "250", sold=19), Admission("Student cushion", "100", limit=20, sold=9)],
    ),
    Listing(
        title="Dawn Ragas by the Hooghly",
        summary="Sitar and tabla from the last of the dark to the first of the heat, on a lawn beside the river.",
        description="""
            The ragas of dawn are rarely heard, because concerts are in the evening and musicians sleep. For one
            morning they don't.

            - **05:00** carpets are laid, tea is poured
            - **05:30** the first notes, in the dark
            - **07:30** breakfast of luchi and alur dom

            Please arrive before the music does: nobody is seated during a raga.
        """,
        category="entertainment",
        tags=["classical", "sitar", "sunrise", "live music"],
        zone=KOLKATA,
        starts=On("05:30", 1, "sat"),
        hours=2.5,
        place=GHAT,
        currency="INR",
        capacity=52,
        cancellation_hours=24,
        admissions=[
            Admission("Carpet", "600", sold=38),
            Admission("Chair", "1500", "With a backrest, at the sides.", limit=10, sold=8, most=4),
        ],
    ),
    Listing(
        title="Build Your First Solar Lamp",
        summary="Solder a lamp that charges by day and reads by night. For anyone over nine, and their grown-ups.",
        description="""
            Each pair gets a panel, a battery, a board and a tin. At the end of the afternoon each pair carries home
            **a lamp that works**, and knows why it does.

            ### What we cover
            1. What a battery wants
            2. Soldering without burns
            3. Closing the tin so that it opens again

            Grown-ups come along for free, and hold things.
        """,
        category="education",
        tags=["solar", "electronics", "children", "hands-on"],
        zone=NAIROBI,
        starts=On("14:00", 14, "sat"),
        hours=4,
        place=WORKSHOP,
        currency="KES",
        capacity=48,
        cancellation_hours=48,
        admissions=[
            Admission("Lamp builder", "1500", "All parts included.", limit=24, sold=18, most=3),
            Admission("Grown-up helper", sold=13, most=3),
        ],
    ),
    Listing(
        title="Founders, Farmers, Fridges",
        summary="A mixer for people who move food: cold chains, market software, and the ones who grow it.",
        description="""
            Nairobi has brilliant logistics people and brilliant farmers, and they rarely share a table. Tonight
            they share several. **Say what you need in one minute**; the rest of the evening is for finding it.
        """,
        category="networking",
        tags=["food", "logistics", "startups", "free"],
        zone=NAIROBI,
        starts=On("18:00", 1),
        hours=3,
        place=GARDEN,
        currency="KES",
        capacity=110,
        cancellation_hours=3,
        admissions=[Admission("Guest", sold=26)],
    ),
    Listing(
        title="Mustard, Poppy, Five Spices: A Bengali Kitchen",
        summary="Cook five dishes at one long table, then sit down at it. Eight places.",
        description="""
            Rina has cooked for weddings of nine hundred and prefers eight. You will grind, temper, fold a banana
            leaf, and learn when to leave a pot alone.

            *Fish is on the menu; vegetarians get the better dishes anyway.* Tell us about allergies when you book.
        """,
        category="workshop",
        tags=["cooking", "food", "bengali", "hands-on"],
        zone=KOLKATA,
        starts=On("10:00", 21, "sun"),
        hours=5,
        place=KITCHEN,
        currency="INR",
        capacity=8,
        max_per_person=2,
        cancellation_hours=72,
        admissions=[Admission("Place at the table", "2400", sold=8, most=2)],
    ),
    Listing(
        title="Forest Ten: A Trail Run Without Watches",
        summary="Ten kilometres of red earth. Watches stay at the gate; nobody knows who won.",
        description="""
            We ran it, we think, in about an hour. There were bananas. A colobus monkey finished ahead of
            everyone and was not asked for a ticket.
        """,
        category="sports",
        tags=["running", "trail", "outdoors"],
        zone=NAIROBI,
        starts=On("07:00", -11, "sat"),
        hours=3,
        place=FOREST,
        currency="KES",
        capacity=120,
        announced=50,
        admissions=[Admission("Runner", "800", sold=24)],
    ),
    Listing(
        title="Open-Air Science Day",
        summary="Forty experiments on one lawn. We are looking for a new date, and bookings stay valid.",
        description="""
            Water rockets, a telescope with a proper filter, slime in industrial quantities. The lawn is being
            reseeded, so **the day moves**; your booking moves with it, or you can cancel at any time.
        """,
        category="education",
        tags=["science", "family", "outdoors"],
        zone=NAIROBI,
        starts=On("10:00", 28, "sun"),
        hours=6,
        place=GARDEN,
        currency="KES",
        capacity=250,
        status="postponed",
        admissions=[Admission("Scientist", "300", sold=12), Admission("Assistant under 10", sold=14)],
    ),
]
