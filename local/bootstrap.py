"""`.venv` with what a requirements file asks for: made when missing, updated when the files change.

Runs on a bare Python, before anything is installed: `python3 -m local.bootstrap requirements-local.txt`.
"""

import hashlib
import os
import shutil
import subprocess
import sys

if sys.version_info < (3, 11):
    for name in ("python3.13", "python3.12", "python3.11"):
        if found := shutil.which(name):
            os.execv(found, [found, "-m", "local.bootstrap", *sys.argv[1:]])
    sys.exit("Evently needs Python 3.11 or newer: install it, or run `make PYTHON=/path/to/python3.11 …`.")

import importlib.util
import venv
from pathlib import Path

from local import native
from local.locks import locked
from local.paths import ROOT, VAR, LocalError

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
PIP = (str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install")


def main(requirements: str) -> None:
    with locked(VAR / "bootstrap.lock", wait=900):
        stamp = VENV / f".{requirements}.stamp"
        wanted = fingerprint(requirements)
        if stamp.exists() and stamp.read_text() == wanted and works():
            return
        if not works():
            make_environment()
        print(f"Installing {requirements} into .venv …", flush=True)
        if subprocess.run([*PIP, "-r", str(ROOT / requirements)], check=False).returncode:
            raise LocalError("pip could not install what Evently needs; its own message is above.")
        add_checkout_to_path()
        stamp.write_text(wanted)


def fingerprint(requirements: str) -> str:
    """Of the file and of those it includes, which lie beside it."""
    text = (ROOT / requirements).read_text()
    included = [line.split()[1] for line in text.splitlines() if line.startswith("-r ")]
    return hashlib.sha256("".join([text, *map(fingerprint, included)]).encode()).hexdigest()


def works() -> bool:
    """A virtual environment dies with the Python it was made from, or when its folder is moved."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0


def make_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None:  # Debian splits it off
        native.install_or_explain("Python's venv module", apt=["python3-venv"], brew=["python"])
    print("Creating .venv …", flush=True)
    venv.create(VENV, clear=True, with_pip=True)


def add_checkout_to_path() -> None:
    """So that `.venv/bin/pytest` and the others find our packages from wherever they are called."""
    packages = next(VENV.glob("lib/python*/site-packages"))
    (packages / "evently.pth").write_text(f"{ROOT}\n")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).name)
    except LocalError as error:
        sys.exit(str(error))
