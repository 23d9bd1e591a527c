"""`python -m services.authorities make | intermediate | check`: makes a root and an intermediate, and checks what names them."""

import asyncio
import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from schemas.settings import BadSetting, load
from services.authorities.app import authorities_in
from services.authorities.making import CONFIG, ROOT, ROOT_KEY, Making, fingerprint_of, intermediate, make, uses_in

USAGE = """usage: python -m services.authorities make --folder FOLDER --organization NAME [settings]   root, intermediate, authorities.json
       python -m services.authorities intermediate --folder FOLDER --organization NAME [settings]   a new intermediate below that root
       python -m services.authorities check --folder FOLDER   what the file authorities.json in it names
       python -m services.authorities make --help   every setting with its meaning
"""


class Arguments(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of these commands."""

    folder: Annotated[str, msgspec.Meta(description="Where the files are.")] = "authorities"
    organization: Annotated[
        str, msgspec.Meta(max_length=64, description="The organization (O) of the authorities.")
    ] = ""
    name: Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$", description="Its name here.")] = "stations"
    uses: Annotated[
        str,
        msgspec.Meta(
            description="What it signs: ChargingStationCertificate, V2GCertificate, V2G20Certificate; with commas."
        ),
    ] = "ChargingStationCertificate"
    root_years: Annotated[int, msgspec.Meta(ge=1, le=50, description="How long the root holds.")] = 20
    years: Annotated[int, msgspec.Meta(ge=1, le=20, description="How long the intermediate holds.")] = 5
    validity_days: Annotated[
        int, msgspec.Meta(ge=1, le=3_650, description="How long certificates of stations hold.")
    ] = 365
    password_file: Annotated[
        str, msgspec.Meta(description="File with the password that encrypts the keys; empty: none.")
    ] = ""
    revocation_list_url: Annotated[
        str,
        msgspec.Meta(
            description="Where the list of revoked certificates is served: https://csms.example/pki/stations.crl"
        ),
    ] = ""


def main(argv: Sequence[str]) -> int:
    """The exit code of a command line."""
    command, flags = (argv[0], list(argv[1:])) if argv else ("", [])
    if command in ("--help", "-h"):
        print(USAGE)
        command, flags = "make", ["--help"]
    if command not in ("make", "intermediate", "check"):
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        given = load(
            Arguments,
            prog=f"python -m services.authorities {command}",
            description=__doc__ or "",
            argv=flags,
            environ={},
        )
        return _check(given) if command == "check" else _make(command, given)
    except BadSetting as reason:
        print(reason, file=sys.stderr)
        return 1


def _make(command: str, given: Arguments) -> int:
    os.umask(0o077)
    what = Making(
        folder=Path(given.folder),
        organization=given.organization.strip(),
        name=given.name,
        uses=uses_in(given.uses),
        root_years=given.root_years,
        years=given.years,
        validity_days=given.validity_days,
        password_file=given.password_file,
        revocation_list_url=given.revocation_list_url,
    )
    now = dt.datetime.now(dt.UTC)
    for path in make(what, now) if command == "make" else intermediate(what, now):
        print(f"written: {path}")
    print(
        f"Root: SHA-256 {fingerprint_of(what.folder / ROOT)}\n"
        f"Take {what.folder / ROOT_KEY} offline now: it is needed for the next intermediate alone.\n"
        f"Start the worker `authorities` with --authorities-file {what.folder / CONFIG}."
    )
    return 0


def _check(given: Arguments) -> int:
    path = Path(given.folder) / CONFIG
    now = dt.datetime.now(dt.UTC)
    for name, authority in authorities_in(str(path)).items():
        announced = asyncio.run(authority.announce(now))
        until = f" until {announced.expires_at:%Y-%m-%d}" if announced.expires_at else ""
        print(f"{name}: {announced.kind}, signs {', '.join(announced.uses)} as {announced.subject or '?'}{until}")
        if announced.problem:
            print(f"  {announced.problem}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
