"""People, the organiser teams they belong to, and what they changed."""

from accounts.models.address_change import AddressChange
from accounts.models.change import Change, What
from accounts.models.invitation import Invitation
from accounts.models.people import Membership, Team, User, UserManager, display_name

__all__ = ["AddressChange", "Change", "Invitation", "Membership", "Team", "User", "UserManager", "What", "display_name"]
