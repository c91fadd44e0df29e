"""All of Evently's settings, by subject, read from the environment. `.env.example` explains each variable."""

from evently.settings.accounts import *  # noqa: F403
from evently.settings.api import *  # noqa: F403
from evently.settings.environment import *  # noqa: F403
from evently.settings.identity import *  # noqa: F403
from evently.settings.internet import *  # noqa: F403
from evently.settings.mail import *  # noqa: F403
from evently.settings.pages import *  # noqa: F403
from evently.settings.parts import *  # noqa: F403
from evently.settings.payments import *  # noqa: F403
from evently.settings.schedule import *  # noqa: F403
from evently.settings.services import *  # noqa: F403
from evently.settings.sizes import *  # noqa: F403
from evently.settings.watching import *  # noqa: F403
