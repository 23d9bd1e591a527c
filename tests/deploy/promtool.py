"""promtool: where it is; `python -m tests.deploy.promtool` fetches Debian's package of it, without installing anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".cache" / "prometheus"
UNPACKED = FOLDER / "usr" / "bin" / "promtool"
MISSING = "promtool is missing: install Prometheus, or on Debian run `python -m tests.deploy.promtool`."


def found() -> str | None:
    """The path of promtool, None where it is not here."""
    return shutil.which("promtool") or (str(UNPACKED) if os.access(UNPACKED, os.X_OK) else None)


def fetch() -> None:
    """Download the package `prometheus` with apt and unpack it below .cache; no rights are needed for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "--quiet", "prometheus"], cwd=FOLDER, check=True, timeout=300)
    package = next(FOLDER.glob("prometheus_*.deb"))
    subprocess.run(["dpkg", "-x", package.name, "."], cwd=FOLDER, check=True, timeout=60)
    package.unlink()


if __name__ == "__main__":
    if found() is None:
        try:
            fetch()
        except (OSError, subprocess.SubprocessError, StopIteration) as reason:
            print(f"promtool cannot be fetched: {reason!r}", file=sys.stderr)
            sys.exit(1)
    print(found())
