"""Everything a start has to ask of Django, in one process, because each one costs a second to start."""

import os

import django
from django.core.management import call_command

from local.assets import make_assets


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    make_assets()
    if os.environ.get("EVENTLY_SAMPLE_DATA") != "0":
        call_command("load_sample_data")


if __name__ == "__main__":
    main()
