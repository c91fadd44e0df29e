"""Parts that pip cannot bring: Pango, which draws the PDF tickets, and Chromium for the browser tests.

Installed by apt when we are root on Debian or Ubuntu, else one exact command is printed.
`python -m local.native [chromium]`; standard library only, so that the bootstrap can use it.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from local.paths import LocalError

MACOS = sys.platform == "darwin"
# What WeasyPrint opens, by its names on Linux and macOS.
LIBRARIES = {
    "libgobject-2.0.so.0": "libgobject-2.0.0.dylib",
    "libpango-1.0.so.0": "libpango-1.0.dylib",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0.dylib",
    "libharfbuzz.so.0": "libharfbuzz.0.dylib",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset.0.dylib",
    "libfontconfig.so.1": "libfontconfig.1.dylib",
}
BREW_FOLDERS = ("/opt/homebrew/lib", "/usr/local/lib")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_APPS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)


def require_pango() -> None:
    if missing := missing_libraries():
        packages = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
        install_or_explain(f"Pango (no {', '.join(missing)})", apt=packages, brew=["pango"])


def missing_libraries() -> list[str]:
    names = LIBRARIES.values() if MACOS else LIBRARIES.keys()
    return [name for name in names if not any(map(opens, [name, *(f"{lib}/{name}" for lib in BREW_FOLDERS)]))]


def opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def offer_chromium() -> None:
    """The browser tests are skipped without it, except in CI, where a skip would hide a failure."""
    if find_chromium():
        return
    try:
        install_or_explain("Chromium (for the browser tests)", apt=["chromium"], brew=["--cask", "chromium"])
    except LocalError as refusal:
        if os.environ.get("CI") == "true":
            raise
        print(f"{refusal}\nThe browser tests will be skipped.", flush=True)


def find_chromium() -> str | None:
    """EVENTLY_CHROMIUM, else a Chromium or Chrome that is installed."""
    if chosen := os.environ.get("EVENTLY_CHROMIUM"):
        return chosen
    installed = [found for name in BROWSERS if (found := shutil.which(name))]
    installed += [str(app) for app in BROWSER_APPS if app.exists()]
    return installed[0] if installed else None


def install_or_explain(what: str, *, apt: list[str], brew: list[str]) -> None:
    apt_get = shutil.which("apt-get")
    if apt_get and os.geteuid() == 0:
        print(f"Installing {what} …", flush=True)
        apt_install(apt_get, apt)
    elif apt_get:
        raise LocalError(f"{what} is missing. Run: sudo apt-get install --no-install-recommends {' '.join(apt)}")
    elif MACOS:
        raise LocalError(f"{what} is missing. Run: brew install {' '.join(brew)}")
    else:
        raise LocalError(f"{what} is missing. Install it with your system's package manager.")


def apt_install(apt_get: str, packages: list[str]) -> None:
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [apt_get, "install", "-y", "-q", "--no-install-recommends", *packages]
    for command in ([apt_get, "update", "-q"], install):
        done = subprocess.run(command, env=quietly, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"`{' '.join(install)}` failed:\n{(done.stdout + done.stderr)[-1500:]}")


if __name__ == "__main__":
    try:
        require_pango()
        if "chromium" in sys.argv[1:]:
            offer_chromium()
    except LocalError as error:
        sys.exit(str(error))
