"""Every address of the site, as the URL configuration spells it, and how to fill in what it asks for."""

import re
from collections.abc import Callable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver

_PART = re.compile(r"<(\w+):(\w+)>|\(\?P<(\w+)>[^)]*\)")


def all_routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Every route, the admin's too."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from all_routes(pattern, route)


def address(route: str, value: Callable[[str, str], object]) -> str:
    """A route as an address; `value(kind, name)` is what stands where it has `<kind:name>`. Regular expressions are of
    the kind `re`."""
    filled = _PART.sub(lambda found: str(value(found[1] or "re", found[2] or found[3])), route)
    return "/" + filled.replace("^", "").replace("$", "")
