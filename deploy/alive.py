"""`python deploy/alive.py`: 0 if the web process of this container answers. Without Django: it is asked often."""

import os
import sys
import urllib.request


def main() -> int:
    """Ask `/livez` at PORT."""
    url = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/livez"
    try:
        with urllib.request.urlopen(url, timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
