import pytest

from local.postgres import PostgreSQL
from local.services import private_folder
from local.valkey import Valkey


@pytest.fixture
def folder():
    with private_folder() as folder:
        yield folder


@pytest.fixture
def valkey(folder):
    server = Valkey(folder / "valkey")
    server.start()
    yield server
    server.discard()


@pytest.fixture
def postgres(folder):
    server = PostgreSQL(folder / "postgres", durable=False)
    server.start()
    yield server
    server.discard()
