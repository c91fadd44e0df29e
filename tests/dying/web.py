"""`uvicorn tests.dying.web:application`"""

from evently.asgi import application  # it sets Django up
from tests.dying import install

__all__ = ["application"]

install()
