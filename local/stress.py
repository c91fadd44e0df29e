"""`make stress`: a rush for a copy of an event, against the Evently that `make run` runs in another terminal."""

import subprocess
import sys

from local import services
from local.environment import local_environment
from local.paths import ROOT, LocalError
from local.run import address, answers

STAFF = "admin@evently.local"


def main(arguments: list[str]) -> int:
    environ = local_environment()
    url = address(environ)
    if not answers(f"{url}/livez"):
        raise LocalError(f"Nobody answers at {url}. Start Evently in another terminal with `make run`, then again.")
    with services.running(environ):
        command = [sys.executable, "manage.py", "rehearse", *defaults(arguments, url), *arguments]
        return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def defaults(arguments: list[str], url: str) -> list[str]:
    """What the person at the keyboard did not say: here nobody else is hurt by the whole rush at once."""
    given = {argument.partition("=")[0] for argument in arguments}
    unsaid = [] if given & {"--pace", "--connections", "--clean"} else ["--all-at-once"]
    unsaid += [] if "--by" in given else ["--by", STAFF]
    return unsaid if "--url" in given else [*unsaid, "--url", url]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped.")
