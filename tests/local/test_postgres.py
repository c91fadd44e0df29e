import os

import psycopg
import pytest

from local.paths import LocalError
from local.postgres import PostgreSQL
from local.services import throwaway_postgres


def test_a_second_start_adopts_the_live_server(postgres):
    before = postgres.process().pid
    PostgreSQL(postgres.home, durable=False).start()
    assert postgres.process().pid == before


def test_committed_rows_survive_a_sigkill_of_the_server(postgres):
    postgres.sql("CREATE TABLE seats (n int)")
    postgres.sql("INSERT INTO seats VALUES (5)")
    postgres.kill()
    assert not postgres.answers()
    postgres.start()
    assert postgres.sql("SELECT n FROM seats") == ["5"]


def test_a_pid_file_that_names_a_foreign_process_harms_nobody(postgres):
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n")
    assert postgres.process() is None
    postgres.stop()
    postgres.start()
    assert postgres.answers()


def test_an_interrupted_first_start_is_begun_again(folder):
    server = PostgreSQL(folder / "postgres", durable=False)
    unfinished = server.home / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    server.start()
    assert server.sql("SHOW server_encoding") == ["UTF8"]
    server.discard()


def test_data_of_another_version_is_refused_and_kept(postgres):
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    mine = version.read_text()
    version.write_text("9\n")
    with pytest.raises(LocalError, match="was made by PostgreSQL 9"):
        postgres.start()
    version.write_text(mine)
    postgres.start()
    assert postgres.answers()


def test_a_throwaway_server_has_a_database_and_is_gone_at_the_end():
    with throwaway_postgres() as server:
        with psycopg.connect(server.url("evently")) as connection:
            assert connection.execute("SELECT lower('ÄÖ')").fetchone() == ("äö",)
    assert not server.answers()
    assert not server.home.exists()
