"""What one can choose from in the editor."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from core import money

Choices = list[tuple[str, str]]
_ENGLISH = Locale("en")
_USUAL_CURRENCIES = ["EUR", "USD", "GBP", "CHF", "JPY", "AUD", "CAD"]
_OLD_REGIONS = {"Etc", "SystemV", "US", "Brazil", "Canada", "Chile", "Mexico"}


@cache
def zones() -> list[tuple[str, Choices]]:
    """Zones by continent, as `Continent/City`, and UTC. Old aliases are left out."""
    regions: dict[str, Choices] = {}
    for name in sorted(available_timezones()):
        region, _, city = name.partition("/")
        if city and region not in _OLD_REGIONS:
            regions.setdefault(region, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return [("Everywhere", [("UTC", "UTC")]), *regions.items()]


@cache
def countries() -> Choices:
    """ISO 3166-1 codes with their English names, by name."""
    named = [(code, name) for code, name in _ENGLISH.territories.items() if len(code) == 2 and code.isalpha()]
    places = [(code, name) for code, name in named if code not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}]
    return sorted(places, key=lambda place: place[1])


@cache
def currencies() -> Choices:
    """ISO 4217 codes with their names: the usual ones first."""
    rest = sorted(money.CURRENCIES - set(_USUAL_CURRENCIES))
    return [(code, f"{code} · {_ENGLISH.currencies.get(code, code)}") for code in [*_USUAL_CURRENCIES, *rest]]
