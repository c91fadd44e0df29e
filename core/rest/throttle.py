"""The API at large, counted by REST framework's hook in the one table of limits."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.limits import limit


class AtLarge(BaseThrottle):
    """Every request, for a person or a network address. Raises TooManyRequests, which says more than a "no"."""

    def allow_request(self, request: Request, view: Any) -> bool:
        limit(request, "api")
        return True


class SignedInAlone(AtLarge):
    """For what is read by everybody: it is the same answer for all, from a cache that does not know who asks."""

    def allow_request(self, request: Request, view: Any) -> bool:
        return super().allow_request(request, view) if request.user.is_authenticated else True
