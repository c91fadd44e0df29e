"""Everything that changes people, teams, who belongs to them, and the trail of all that."""

from accounts.operations.invitations import accept, decline, invite, resend, withdraw
from accounts.operations.people import MAX_NAME, close_account, hide_setup, update_profile
from accounts.operations.teams import change_role, create_team, remove_member

__all__ = [
    "MAX_NAME",
    "accept",
    "change_role",
    "close_account",
    "create_team",
    "decline",
    "hide_setup",
    "invite",
    "remove_member",
    "resend",
    "update_profile",
    "withdraw",
]
