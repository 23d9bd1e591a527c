"""Checks before anything is started on this machine. A check that fails raises CannotStart with a sentence that says what to do."""

import base64
import fcntl
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from schemas.sealing import KEY_BYTES


class CannotStart(Exception):
    """Something on this machine prevents the start; nothing was started. The message says what to do."""


ORGANIZATION = "Elbtal Energie"
VALIDITY_DAYS = 90
"""What certificates of the local product say: whose they are, as its simulated stations have it, and how long they hold."""

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
"""Modes of the data folder and its files: password hashes, tokens, keys and the history are for their owner alone."""


def private(path: Path) -> None:
    """Remove the permissions of others from a file or folder of this user, for example one of an earlier version.

    A folder with the sticky bit (shared by several users) stays as it is.
    """
    if not path.exists():
        return
    status = path.stat()
    wanted = PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE
    shared = bool(status.st_mode & stat.S_ISVTX)
    if status.st_uid == os.getuid() and not shared and stat.S_IMODE(status.st_mode) & ~wanted:
        path.chmod(wanted)


def usable_folder(path: Path) -> Path:
    """Return the data folder, created if necessary, for its owner alone. Raises CannotStart if it cannot be written."""
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        private(path)
        probe = path / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The folder {path} cannot be written ({error.strerror}). Make it writable, or choose another with --data FOLDER."
        ) from error
    return path


def only_one(folder: Path) -> IO[str]:
    """Lock the folder for as long as the returned file is open. Raises CannotStart if another product has locked it."""
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CannotStart(
            f"Voltbus already runs on {folder}. Stop it with Ctrl-C where it was started, or choose another folder with --data FOLDER."
        ) from error
    return lock


def free_port(host: str, port: int, flag: str) -> None:
    """Check that the port can be bound. Raises CannotStart if it is taken; `flag` is the option that the message names."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} is not free ({error.strerror}). Stop what uses it, or choose another with {flag} PORT."
            ) from error


def key_in(path: str) -> str:
    """Read the key from a file; empty if `path` is empty. Raises CannotStart if the file cannot be read."""
    if not path:
        return ""
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"The operator's key cannot be read from {path}: {error}.") from error


def operator_key(folder: Path, given: str | None) -> str:
    """Return the operator's key: the given one, else the one in the folder, else a new random one, which is saved there."""
    if given:
        return given
    return _kept(folder / "operator.key", lambda: secrets.token_urlsafe(24))


def secrets_key(folder: Path) -> Path:
    """Return the file with the key that encrypts secrets in commands. It is created in the folder at the first start."""
    path = folder / "secrets.key"
    _kept(path, lambda: base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return path


def authorities(folder: Path) -> Path:
    """Return the file that names the certificate authority of this product. It is made in the folder at the first start."""
    home = folder / "authorities"
    path = home / "authorities.json"
    if path.exists():
        return path
    if home.exists():
        raise CannotStart(f"{home} has no {path.name}: move that folder away, then another authority is made")
    made = home.with_name("authorities.new")
    shutil.rmtree(made, ignore_errors=True)
    arguments = ["--folder", str(made), "--organization", ORGANIZATION, "--validity-days", str(VALIDITY_DAYS)]
    command = [sys.executable, "-m", "services.authorities", "make", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 our own module
    if done.returncode:
        raise CannotStart(f"no certificate authority could be made: {done.stderr.strip()}")
    made.rename(home)
    return path


def _kept(path: Path, made: Callable[[], str]) -> str:
    """Return the content of the file. If there is none, write what `made` returns, readable by the owner alone."""
    if path.exists() and (kept := path.read_text().strip()):
        private(path)
        return kept
    key = made()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key
