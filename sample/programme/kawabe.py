"""Kawabe Works: craft, sound and sky in Tokyo, Seoul and Sydney."""

from sample.shapes import Admission, Listing, On, Place

TOKYO, SEOUL, SYDNEY = "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney"
STUDIO = Place("Kawabe Studio", "Tokyo", "JP", "35.681300", "139.797900", "Fukagawa 2-chome, Koto")
WAREHOUSE = Place("Soko Side B", "Tokyo", "JP", "35.620900", "139.749600", "Higashi-Shinagawa 2-chome")
YOSE = Place("Little Yose Hall", "Tokyo", "JP", "35.707700", "139.774300", "Ueno 2-chome, Taito")
RIVER = Place("여의도 한강공원 · Yeouido Hangang Park", "Seoul", "KR", "37.528400", "126.933100", "Yeouido-dong")
PRINT_HALL = Place("Euljiro Print Hall", "Seoul", "KR", "37.566300", "126.992400", "Euljiro 4-ga, Jung-gu")
CLIFF = Place("Marks Park lookout", "Sydney", "AU", "-33.900300", "151.271200", "Fletcher Street, Tamarama")
OVAL = Place("Balmain East Oval", "Sydney", "AU", "-33.857400", "151.193800", "Darling Street")

EVENTS = [
    Listing(
        title="Mend It Beautifully: A Kintsugi Evening",
        summary="Join a broken cup with lacquer and gold-coloured powder. Bring your own, or choose one of ours.",
        description="""
            Kintsugi does not hide a break. It says when it happened and carries on. In one evening you learn the
            quick, food-safe way and see the slow one.

            - Ten people, two teachers
            - In Japanese and English
            - **Bring a clean break**: no more than five pieces
        """,
        category="workshop",
        tags=["kintsugi", "ceramics", "craft", "repair"],
        zone=TOKYO,
        starts=On("18:30", 4, "thu"),
        hours=3,
        place=STUDIO,
        currency="JPY",
        capacity=10,
        max_per_person=2,
        cancellation_hours=48,
        admissions=[Admission("Place at the bench", "6800", sold=10, most=2)],
    ),
    Listing(
        title="Patch Bay: A Market for Noisy Boxes",
        summary="Synthesizers, pedals and cables; thirty makers and a stage where everything may be tried.",
        description="""
            Thirty makers from across Asia, most of them companies of one. Try before you buy: there are
            **sixty pairs of headphones**, and a stage for those who want to be heard.

            The cheaper ticket is sold for two more days.
        """,
        category="business",
        tags=["synthesizers", "market", "music", "electronics"],
        zone=TOKYO,
        starts=On("11:00", 31, "sat"),
        hours=8,
        place=WAREHOUSE,
        currency="JPY",
        capacity=150,
        admissions=[
            Admission("Advance", "1200", closes=2, sold=23),
            Admission("Full price", "1800", opens=3),
            Admission("Stage slot", "3500", "Fifteen minutes, loud.", limit=12, sold=5, most=1),
        ],
    ),
    Listing(
        title="Night Ride Along the Han · 한강 야간 라이딩",
        summary="Twenty-four flat kilometres of river, bridges and lights, at the pace of a conversation.",
        description="""
            한강을 따라 천천히 달립니다. *We ride slowly, together, and stop for ramyeon.*

            Helmets and lights are compulsory; both can be borrowed. The ride leaves from the pier, crosses three
            bridges and returns before the last train.
        """,
        category="sports",
        tags=["cycling", "night", "river"],
        zone=SEOUL,
        starts=On("20:30"),
        hours=2.5,
        place=RIVER,
        currency="KRW",
        capacity=50,
        cancellation_hours=3,
        admissions=[
            Admission("Own bicycle", sold=10),
            Admission("Borrowed bicycle", "15000", limit=15, sold=12, most=4),
        ],
    ),
    Listing(
        title="First Light: Photographing the Coast",
        summary="A walk with two photographers, from an hour before sunrise until the coffee cart opens.",
        description="""
            The good light lasts eleven minutes. We spend the hour before them deciding where to stand.

            Any camera will do, phones included. **Bring a torch**; tripods can be borrowed. The path has stairs.
        """,
        category="education",
        tags=["photography", "sunrise", "coast", "outdoors"],
        zone=SYDNEY,
        starts=On("05:15", 22, "sat"),
        hours=3,
        place=CLIFF,
        currency="AUD",
        capacity=16,
        cancellation_hours=48,
        admissions=[Admission("Photographer", "95", sold=9, most=4)],
    ),
    Listing(
        title="Backyard Astronomy for Absolute Beginners",
        summary="Six telescopes, one oval, no homework. See Saturn’s rings with your own eyes.",
        description="""
            People tend to say the same word when they first see Saturn, and we can't print it here.

            Volunteers of the local club bring their own instruments. Come when you like; leave when you are cold.
            If it is cloudy we talk about clouds, which are **also in the sky**.
        """,
        category="education",
        tags=["astronomy", "family", "night", "free"],
        zone=SYDNEY,
        starts=On("20:00", 17, "fri"),
        hours=3,
        place=OVAL,
        currency="AUD",
        capacity=90,
        cancellation_hours=0,
        admissions=[Admission("Stargazer", sold=20)],
    ),
    Listing(
        title="Rakugo in Two Languages",
        summary="One storyteller, one cushion, one fan; the same comic tale told in Japanese and then in English.",
        description="""
            The first telling makes half of the room laugh. The second makes the other half laugh, **at different
            places**. Afterwards there is tea, and an argument about why.
        """,
        category="entertainment",
        tags=["storytelling", "comedy", "japanese"],
        zone=TOKYO,
        starts=On("19:00", 11, "fri"),
        hours=2,
        place=YOSE,
        currency="JPY",
        capacity=85,
        admissions=[Admission("Cushion", "3200", sold=17), Admission("Under 25", "1600", limit=20, sold=20, most=2)],
    ),
    Listing(
        title="Small Foundries: Talks on Drawing Letters",
        summary="Five type designers from Seoul, Hanoi and Osaka on the scripts they draw for love, not money.",
        description="""
            A full hall and a long night. The slides are with the speakers; the **specimen booklets** went within
            the hour and are being reprinted.
        """,
        category="conference",
        tags=["typography", "design", "talks"],
        zone=SEOUL,
        starts=On("13:00", -37, "sat"),
        hours=6,
        place=PRINT_HALL,
        currency="KRW",
        capacity=90,
        announced=80,
        admissions=[Admission("Ticket", "35000", sold=32), Admission("With booklet", "48000", limit=20, sold=20)],
    ),
    Listing(
        title="Harbour Light: A Hundred Choirs at Dusk",
        summary="Choirs on ferries, piers and bridges, singing one piece across the water. Find your spot and listen.",
        description="""
            One hundred choirs take ten minutes to sing a piece that was written for **the echo of this harbour**.
            It is performed once. A spot on a pier keeps you dry and close; the lawns are free.

            - [Map of all spots](https://example.org/harbour-light/map)
            - Ferries stop running from 19:40 to 20:20
            - Sign-language interpretation on pier 2
        """,
        category="cultural",
        tags=["choir", "music", "harbour", "open air"],
        zone=SYDNEY,
        starts=On("19:30", 110, "sat"),
        hours=2,
        place=Place("Pier Two and Three", "Sydney", "AU", "-33.856200", "151.206100", "Hickson Road, Dawes Point"),
        currency="AUD",
        capacity=5000,
        announced=12,
        admissions=[
            Admission("Lawn", description="Free; a ticket helps us count.", sold=20),
            Admission("Pier", "45", limit=800, sold=33),
            Admission("Choir ferry", "120", "Stand among the altos.", limit=60, opens=20, most=2),
        ],
    ),
]
