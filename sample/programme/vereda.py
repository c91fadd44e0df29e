"""Vereda: music, sport and squares in São Paulo and Mexico City."""

from sample.shapes import Admission, Listing, On, Place

SAO_PAULO, MEXICO = "America/Sao_Paulo", "America/Mexico_City"
RACETRACK = Place("Campo da Represa", "São Paulo", "BR", "-23.701200", "-46.697100", "Estrada da Represa 900")
YARD = Place("Quintal da Dona Alzira", "São Paulo", "BR", "-23.556900", "-46.691200", "Rua das Jabuticabas 48")
CENTRE = Place("Galpão Central", "São Paulo", "BR", "-23.532700", "-46.640300", "Largo da Luz")
MARKET = Place("Patio de los Faroles", "Mexico City", "MX", "19.412300", "-99.171200", "Calle Jacarandas 12, Roma")
GYM = Place("Gimnasio El Relámpago", "Mexico City", "MX", "19.424700", "-99.147600", "Calle Costureras 77")
SQUARE = Place("Plaza de la Ciudadela", "Mexico City", "MX", "19.430400", "-99.149200", "Centro")

EVENTS = [
    Listing(
        title="Rio de Som: Three Days by the Reservoir",
        summary="Sixty-two bands, four stages, one lake. Camp for three nights or come for the day.",
        description="""
            ## Música, água, sombra
            Four stages far enough apart that you never hear two at once, and trees over three of them.

            ### Getting there
            Free buses every ten minutes from the end of the train line. **There is no parking**, on purpose.

            ### Tickets
            - *Primeiro lote* is gone; *segundo lote* is on sale now
            - Groups of ten or more pay less and camp together
            - *Jardim* has chairs, shade and shorter queues, for few

            ### House rules
            1. Bring a cup, refill it for free
            2. Children under 12 come in with you, ear defenders at the gate
            3. Look after each other
        """,
        category="entertainment",
        tags=["festival", "live music", "camping", "outdoors"],
        zone=SAO_PAULO,
        starts=On("14:00", 88, "fri"),
        hours=57,
        place=RACETRACK,
        currency="BRL",
        capacity=20000,
        cancellation_hours=336,
        announced=75,
        admissions=[
            Admission("1º lote", "380", "Sold until last week.", limit=3000, closes=-7, sold=27),
            Admission("2º lote", "460", sold=27),
            Admission("Group of ten or more", "395", limit=5000, least=10, most=100, sold=240),
            Admission("Jardim", "1150", "Chairs, shade, short queues.", limit=24, sold=21, most=4),
        ],
        picture="festival",
    ),
    Listing(
        title="Roda de Samba no Quintal",
        summary="A circle of players under the jabuticaba tree, feijoada on the stove, and a neighbour who sings best.",
        description="""
            Nobody is on a stage: the players sit around a table, and you stand around the players. **If you know
            the refrain, you sing it.**

            Feijoada, also without meat, until the pot is empty. The house has one dog, who is friendly, and one
            step, which is not.
        """,
        category="social",
        tags=["samba", "live music", "food"],
        zone=SAO_PAULO,
        starts=On("19:00", weekday="fri"),
        hours=5,
        place=YARD,
        currency="BRL",
        capacity=36,
        cancellation_hours=12,
        admissions=[Admission("Entrada", "40", sold=26), Admission("Entrada with feijoada", "75", limit=15, sold=7)],
    ),
    Listing(
        title="Mercado de Medianoche",
        summary="A night market that opens when the others close: tamales, records, plants, a barber.",
        description="""
            Fifty stalls in a courtyard of lanterns. Dinner, a haircut and a fern in one place, at an hour when
            neither is sensible.

            Entry is free; a ticket keeps **the queue short** and tells us how many tamales to make.
        """,
        category="social",
        tags=["market", "food", "night", "free"],
        zone=MEXICO,
        starts=On("21:00", weekday="sat"),
        hours=5,
        place=MARKET,
        currency="MXN",
        capacity=90,
        cancellation_hours=0,
        admissions=[Admission("Entrada", sold=23)],
    ),
    Listing(
        title="Lucha Libre for Beginners",
        summary="Learn to fall, to roll and to lose theatrically. Masks are provided; names you choose yourself.",
        description="""
            Two hours with *La Centella* and *Doctor Martes*, retired from the ring and in excellent shape.

            - falling, first and last
            - the one hold that everybody can do
            - an entrance with your own music (ninety seconds, please)

            **Wear trousers you don't love.**
        """,
        category="sports",
        tags=["wrestling", "class", "beginners"],
        zone=MEXICO,
        starts=On("18:00", 10, "wed"),
        hours=2,
        place=GYM,
        currency="MXN",
        capacity=20,
        cancellation_hours=24,
        admissions=[Admission("Rookie", "350", sold=13, most=4), Admission("Spectator", "60", limit=8, sold=3)],
    ),
    Listing(
        title="Danzón en la Plaza",
        summary="A live danzonera, a wooden floor and an hour of lessons before the dancing starts.",
        description="""
            The square has danced on this day of the week for decades. We add **a wooden floor and a live
            orchestra**, and teachers for those who have watched long enough.

            Lesson at five, dancing from six. Hats are admired.
        """,
        category="cultural",
        tags=["dance", "live music", "open air", "free"],
        zone=MEXICO,
        starts=On("17:00", 2),
        hours=4,
        place=SQUARE,
        currency="MXN",
        capacity=120,
        cancellation_hours=0,
        admissions=[
            Admission("Dancer", description="Free.", sold=16),
            Admission("Lesson at five", "50", "In pairs; come alone or together.", limit=20, sold=17),
        ],
    ),
    Listing(
        title="Cidades a Pé: A Congress on Walking",
        summary="Planners, doctors and people with prams about streets one can cross. Sales open next week.",
        description="""
            Two days in two halves: **mornings indoors, afternoons on foot**. Each afternoon a group walks one
            avenue with somebody who uses it differently: a postwoman, a blind pianist, a class of six-year-olds.

            Interpretation between Portuguese, Spanish, English and Brazilian Sign Language.
        """,
        category="conference",
        tags=["cities", "walking", "planning", "design"],
        zone=SAO_PAULO,
        starts=On("09:00", 66, "tue"),
        hours=33,
        place=CENTRE,
        currency="BRL",
        capacity=280,
        cancellation_hours=168,
        announced=6,
        admissions=[
            Admission("Congress", "290", opens=8),
            Admission("Student", "90", opens=8, limit=80, most=2),
        ],
    ),
]
