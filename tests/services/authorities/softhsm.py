"""SoftHSM: where it is; `python -m tests.services.authorities.softhsm` fetches Debian's packages of it, without installing anything."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[3] / ".cache" / "softhsm"
MISSING = "SoftHSM is missing: install softhsm2, or on Debian run `python -m tests.services.authorities.softhsm`."


class SoftHsm(NamedTuple):
    """Its module, and the program that makes tokens."""

    module: Path
    program: Path


def found() -> SoftHsm | None:
    """SoftHSM, None where it is not here."""
    for root in (Path("/"), FOLDER):
        module, program = root / "usr/lib/softhsm/libsofthsm2.so", root / "usr/bin/softhsm2-util"
        if module.exists() and program.exists():
            return SoftHsm(module, program)
    return None


def fetch() -> None:
    """Download the packages with apt and unpack them below .cache; no rights are needed for it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", "--quiet", "softhsm2", "libsofthsm2"], cwd=FOLDER, check=True, timeout=300)
    for package in FOLDER.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package.name, "."], cwd=FOLDER, check=True, timeout=60)
        package.unlink()


if __name__ == "__main__":
    if found() is None:
        try:
            fetch()
        except (OSError, subprocess.SubprocessError) as reason:
            print(f"SoftHSM cannot be fetched: {reason!r}", file=sys.stderr)
            sys.exit(1)
    print(found())
