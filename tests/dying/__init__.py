"""Processes that die at a marked point, once: a web process and a worker as they are, but that one function kills them
before it runs, or after. Only these modules know of it; the product has no such points.

DIE_AT names the function as a module's attribute, DIE_WHEN is "before" or "after", and DIED is the file that says that
it has happened.
"""

import importlib
import os
import signal
from functools import wraps
from pathlib import Path
from typing import Any


def install() -> None:
    """Put the mark where the environment says."""
    module_name, _, name = os.environ["DIE_AT"].rpartition(".")
    module = importlib.import_module(module_name)
    real, when = getattr(module, name), os.environ["DIE_WHEN"]

    @wraps(real)
    def marked(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            _die_once()
        result = real(*args, **kwargs)
        if when == "after":
            _die_once()
        return result

    setattr(module, name, marked)


def _die_once() -> None:
    died = Path(os.environ["DIED"])
    if not died.exists():
        died.touch()
        os.killpg(0, signal.SIGKILL)
