"""What somebody chose before signing in, kept in the session until they are back."""

from dataclasses import asdict, dataclass

from django.http import HttpRequest

SESSION_KEY = "selection"


@dataclass(frozen=True)
class Selection:
    """Quantities by ticket type id for one event, the key of the form they came from, and the promo code on it."""

    slug: str
    quantities: dict[str, int]
    key: str
    code: str = ""


def remember(request: HttpRequest, selection: Selection) -> None:
    """Keep the latest selection; an earlier one is forgotten."""
    request.session[SESSION_KEY] = asdict(selection)


def remembered(request: HttpRequest, slug: str) -> Selection | None:
    """What was chosen for this event, if it was the last thing chosen."""
    kept = request.session.get(SESSION_KEY)
    return Selection(**kept) if kept and kept["slug"] == slug else None


def forget(request: HttpRequest) -> None:
    """It became a basket, or nothing."""
    request.session.pop(SESSION_KEY, None)
