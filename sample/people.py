"""Who is in the sample: four people who can sign in, a crowd who can't, and the teams that organise."""

from dataclasses import dataclass, field

PASSWORD = "evently-demo"  # noqa: S105  printed at each start of the local site; never in production


@dataclass(frozen=True)
class Login:
    """Somebody who can sign in with PASSWORD."""

    email: str
    name: str
    is_staff: bool = False


@dataclass(frozen=True)
class TeamSample:
    """An organiser. `roles` maps e-mail addresses to roles; the first owner acts for the team. `tax` is the name of its
    tax and the rate in per cent, included in its prices; `bank` is its payments.Account."""

    key: str
    name: str
    roles: dict[str, str] = field(default_factory=dict)
    tax: tuple[str, str] | None = None
    bank: dict[str, str | int] = field(default_factory=dict)


ADMIN = Login("admin@evently.local", "Ada Admin", is_staff=True)
ORGANIZER = Login("organizer@evently.local", "Olívia Prado")
ATTENDEE = Login("attendee@evently.local", "Anselm Okafor")
DOOR = Login("door@evently.local", "Dörte Wiesner")
LOGINS = [ADMIN, ORGANIZER, ATTENDEE, DOOR]

# They book, and own the other teams. Nobody can sign in as them: they have no password.
CROWD = {
    "amara.diallo@example.org": "Amara Diallo",
    "anu.sengupta@example.org": "অনু সেনগুপ্ত",
    "asa.lindqvist@example.org": "Åsa Lindqvist",
    "beatriz.fonseca@example.org": "Beatriz Fonseca",
    "chidi.nwosu@example.org": "Chidi Nwosu",
    "dilnoza.karimova@example.org": "Dilnoza Karimova",
    "eleni.papadaki@example.org": "Ελένη Παπαδάκη",
    "emre.yildiz@example.org": "Emre Yıldız",
    "fatima.alhajri@example.org": "فاطمة الهاجري",
    "gudrun.arnadottir@example.org": "Guðrún Árnadóttir",
    "hana.kim@example.org": "김하나",
    "haruto.mori@example.org": "森 陽翔",
    "ines.carvalho@example.org": "Inês Carvalho",
    "jack.thornbury@example.org": "Jack Thornbury",
    "jiri.novotny@example.org": "Jiří Novotný",
    "kiri.walker@example.org": "Kiri Walker",
    "lars.obrien@example.org": "Lars O’Brien",
    "li.wei@example.org": "李薇",
    "lucia.hernandez@example.org": "Lucía Hernández",
    "marek.wojcik@example.org": "Marek Wójcik",
    "mehdi.rahimi@example.org": "مهدی رحیمی",
    "mwende.mutua@example.org": "Mwende Mutua",
    "nadia.petrova@example.org": "Надя Петрова",
    "noa.levy@example.org": "נועה לוי",
    "pablo.quispe@example.org": "Pablo Quispe",
    "priya.raghavan@example.org": "Priya Raghavan",
    "rafael.moraes@example.org": "Rafael Moraes",
    "sofia.lindgren@example.org": "Sofía Lindgren",
    "thuy.nguyen@example.org": "Nguyễn Thị Thủy",
    "wanjiru.kamau@example.org": "Wanjirũ Kamau",
    "yuki.tanabe@example.org": "Yuki Tanabe",
}

TEAMS = [
    TeamSample(
        "lantern",
        "Lantern & Quay",
        {ORGANIZER.email: "owner", "ines.carvalho@example.org": "manager", DOOR.email: "door"},
        tax=("IVA", "6"),
        bank={
            "bank_holder": "Lantern & Quay, Lda.",
            "bank_account": "PT50 0002 0123 1234 5678 9015 4",
            "legal_name": "Lantern & Quay, Lda.",
            "address": "Rua do Cais 12, 1200-109 Lisboa",
            "tax_id": "PT 500 000 000",
        },
    ),
    TeamSample(
        "northlight",
        "Northlight Sessions",
        {"asa.lindqvist@example.org": "owner", ORGANIZER.email: "manager"},
        bank={"bank_holder": "Northlight Sessions AB", "bank_account": "SE45 5000 0000 0583 9825 7466"},
    ),
    TeamSample("halyard", "Halyard Collective", {"jack.thornbury@example.org": "owner"}),
    TeamSample(
        "mango",
        "Mango Grove Projects",
        {"anu.sengupta@example.org": "owner", "wanjiru.kamau@example.org": "manager"},
    ),
    TeamSample("kawabe", "Kawabe Works", {"haruto.mori@example.org": "owner", "hana.kim@example.org": "manager"}),
    TeamSample("vereda", "Vereda", {"rafael.moraes@example.org": "owner", "lucia.hernandez@example.org": "manager"}),
    TeamSample("dhow", "Dhow Lane", {"fatima.alhajri@example.org": "owner"}),
]
