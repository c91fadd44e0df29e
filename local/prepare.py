"""Everything a start has to ask of Django, in one process, because each one costs a second to start."""

import hashlib
import os

import django
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from local.paths import VAR

COLLECTED = VAR / "static.stamp"


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("build_fonts")
    collect_static()
    if os.environ.get("EVENTLY_SAMPLE_DATA") != "0":
        call_command("load_sample_data")


def collect_static() -> None:
    """Only when a file changed: collecting hashes and compresses them all, which takes a while."""
    found = fingerprint()
    if COLLECTED.exists() and COLLECTED.read_text() == found:
        return
    print("Collecting static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    COLLECTED.write_text(found)


def fingerprint() -> str:
    sources = (storage.path(path) for finder in get_finders() for path, storage in finder.list([]))
    seen = [(path, os.stat(path).st_mtime_ns, os.stat(path).st_size) for path in sorted(sources)]
    return hashlib.sha256(repr(seen).encode()).hexdigest()


if __name__ == "__main__":
    main()
