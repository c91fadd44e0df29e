import os

import pytest
import redis

from local.paths import LocalError
from local.services import throwaway_valkey
from local.valkey import Valkey


def test_a_second_start_adopts_the_live_server(valkey):
    before = valkey.process().pid
    Valkey(valkey.home).start()
    assert valkey.process().pid == before


def test_data_survives_a_sigkill_of_the_server(valkey):
    valkey.ask("SET seats 5")
    assert valkey.ask("WAITAOF 1 0 2000").startswith("*2")  # on disk
    valkey.kill()
    assert not valkey.answers()
    valkey.start()
    assert valkey.ask("GET seats") == "$1\r\n5\r\n"


def test_a_pid_file_that_names_a_foreign_process_harms_nobody(valkey):
    valkey.stop()
    (valkey.home / "valkey.pid").write_text(str(os.getpid()))
    assert valkey.process() is None
    valkey.stop()
    valkey.start()
    assert valkey.answers()


def test_a_server_whose_socket_was_deleted_is_replaced(valkey, monkeypatch):
    before = valkey.process()
    valkey.socket.unlink()
    monkeypatch.setattr("local.valkey.PATIENCE", 0.1)
    valkey.start()
    assert valkey.answers()
    assert not before.is_running() or before.status() == "zombie"


def test_a_throwaway_server_is_empty_at_each_start_and_gone_at_the_end():
    with throwaway_valkey() as server:
        client = redis.from_url(server.url)
        client.set("seats", 5)
        server.stop()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.get("seats") is None
        server.kill()
        server.start()
        assert client.ping()
        client.close()
    assert not server.answers()
    assert not server.home.exists()


def test_a_folder_with_a_long_path_has_its_socket_elsewhere(folder):
    server = Valkey(folder / ("long" * 20) / "valkey", durable=False)
    server.start()
    assert server.answers()
    assert len(str(server.socket)) < 100
    server.discard()
    assert not server.sockets.exists()


def test_a_server_that_cannot_start_says_why(folder, monkeypatch):
    monkeypatch.setattr("local.valkey.find_binary", lambda: "false")
    with pytest.raises(LocalError, match="Valkey did not start"):
        Valkey(folder / "valkey").start()
