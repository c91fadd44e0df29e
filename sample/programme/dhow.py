"""Dhow Lane: evenings and breakfasts along the Gulf, in currencies with three decimals."""

from sample.shapes import Admission, Listing, On, Place

KUWAIT, BAHRAIN = "Asia/Kuwait", "Asia/Bahrain"
YARD = Place("The Dhow Yard", "Kuwait City", "KW", "29.385900", "47.988300", "Gulf Road, Sharq")
HOUSE = Place("Coral House", "Manama", "BH", "26.236700", "50.583400", "Lane 14, Muharraq side")

EVENTS = [
    Listing(
        title="Songs of the Pearl Divers",
        summary="Work songs that once kept time for the oars, sung by the grandsons of those who rowed.",
        description="""
            Fidjeri songs are heavy, slow and **made of breath**. Nineteen men, three drums, clay jars and a story
            between every two songs, told in Arabic and English.

            After the last song the captain's table is opened: dates, coffee, fish.
        """,
        category="cultural",
        tags=["music", "heritage", "sea"],
        zone=KUWAIT,
        starts=On("19:30", 18, "thu"),
        hours=2.5,
        place=YARD,
        currency="KWD",
        capacity=150,
        admissions=[
            Admission("Seat", "7.500", sold=19),
            Admission("Captain’s table", "18.250", "With dinner, beside the singers.", limit=12, sold=9, most=4),
        ],
    ),
    Listing(
        title="Gulf Design Breakfast",
        summary="Three designers show one thing each that did not work. Coffee helps.",
        description="""
            Seven minutes each, then questions, then eggs. Successes are **not permitted**: bring the logo that
            was rejected, the chair that fell over, the app nobody opened.
        """,
        category="networking",
        tags=["design", "breakfast", "talks"],
        zone=BAHRAIN,
        starts=On("08:30", 23, "sat"),
        hours=2,
        place=HOUSE,
        currency="BHD",
        capacity=40,
        cancellation_hours=12,
        admissions=[Admission("Breakfast", "4.250", sold=17, most=4)],
    ),
    Listing(
        title="Gulf Food Founders Summit",
        summary="A day for people who cook for a living and would like to keep doing so.",
        description="""
            *Draft.* Speakers: four confirmed, two to ask. Menu: to be fought over. Prices are not final.
        """,
        category="business",
        tags=["food", "founders", "summit"],
        zone=KUWAIT,
        starts=On("09:00", 73, "mon"),
        hours=8,
        place=YARD,
        currency="KWD",
        capacity=220,
        status="draft",
        admissions=[Admission("Founder", "45"), Admission("Student", "12.750", limit=40, most=2)],
    ),
]
