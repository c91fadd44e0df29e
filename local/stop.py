"""`make stop` and `make reset`: end what runs here, or what a crash left; `reset` deletes the data too."""

import shutil
import sys
from contextlib import suppress

import psutil

from local import services, testrun
from local.apps import end_strays
from local.locks import locked, try_lock
from local.paths import VAR, LocalError
from local.processes import wait_until
from local.run import LOCK, PID_FILE


def stop() -> None:
    end_run()
    end_strays()
    with locked(services.LOCK):
        services.stop()
    testrun.stop_unused()


def end_run() -> None:
    """Ask a live `make run` to stop, as Ctrl-C would. While its lock is held, the recorded pid is its own."""
    if is_free():
        return
    with suppress(OSError, ValueError, psutil.NoSuchProcess):
        psutil.Process(int(PID_FILE.read_text())).terminate()
    if not wait_until(is_free, seconds=30, every=0.1):
        raise LocalError(f"`make run` (process {PID_FILE.read_text().strip()}) does not stop.")


def is_free() -> bool:
    if lock := try_lock(LOCK):
        lock.close()
    return lock is not None


def reset() -> None:
    stop()
    if not testrun.discard():
        raise LocalError("Tests are running in this folder: reset once they have ended.")
    with locked(services.LOCK):
        services.discard()
    shutil.rmtree(VAR)


if __name__ == "__main__":
    try:
        {"stop": stop, "reset": reset}[sys.argv[1]]()
    except LocalError as error:
        sys.exit(str(error))
