"""Everything that changes people, teams, who belongs to them, and the trail of all that."""

from accounts.operations.people import MAX_NAME, close_account, update_profile
from accounts.operations.teams import add_member, change_role, create_team, remove_member

__all__ = ["MAX_NAME", "add_member", "change_role", "close_account", "create_team", "remove_member", "update_profile"]
