"""Who signs in."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounts.models import User
from accounts.tests.second_factors import SECRET
from tests.factories import make_user


@pytest.fixture
def ada() -> User:
    """Somebody with an authenticator app and recovery codes."""
    user = make_user("Ada", email="ada@example.org")
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user
