"""`make manage ARGS="…"`: manage.py with the servers and the environment of `make run`, running or not."""

import subprocess
import sys

from local import services
from local.environment import local_environment
from local.paths import ROOT, LocalError
from local.postgres_user import find_binaries


def main(arguments: list[str]) -> int:
    environ = {"PG_BIN": str(find_binaries()), **local_environment()}
    with services.running(environ):
        return subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environ, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalError as error:
        sys.exit(str(error))
