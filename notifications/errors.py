"""Refusals."""

from core.errors import DomainError


class AlwaysTold(DomainError):
    """`fixed` names the channels of the kinds that were asked for, which can't be switched off."""

    code = "always-told"
    title = "This can’t be switched off"
