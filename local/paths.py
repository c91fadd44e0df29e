"""Where things lie, and the one error this package shows to people."""

import hashlib
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

# A socket's address ends at 104 (macOS) or 108 (Linux) bytes; the longest name we put in a folder has 18.
LONGEST_SOCKET_FOLDER = 80


class LocalError(Exception):
    """Something the person at the keyboard has to know or do; shown without a traceback."""


def short_name(path: Path) -> str:
    """A name for `path` that is the same every time and fits anywhere."""
    return "evently-" + hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def socket_folder(home: Path) -> Path:
    """Where the server of `home` has its unix socket: in `home`, or below /tmp when that path is too long."""
    if len(os.fsencode(home)) <= LONGEST_SOCKET_FOLDER:
        return home
    return Path(tempfile.gettempdir()) / short_name(home)


def make_private(folder: Path, *, owner: int, group: int) -> None:
    """Create `folder` for one OS user alone, or refuse one that somebody else has put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat().st_uid
    if found not in (os.geteuid(), owner):
        raise LocalError(f"{folder} belongs to another user (uid {found}): remove it, or run as that user.")
    if found != owner:
        os.chown(folder, owner, group)
