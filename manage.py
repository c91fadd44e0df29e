#!/usr/bin/env python
"""Evently's command line: `python manage.py help`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evently.settings")
    os.environ["DATABASE_POOL"] = "0"  # a web process's: a command needs no pool, nor to wait for one that stays empty
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
