"""What must hold before anything is started on this machine; each failing check is one sentence that says what to do."""

import fcntl
import os
import secrets
import socket
from pathlib import Path
from typing import IO


class CannotStart(Exception):
    """Something on this machine is in the way; nothing has been started."""


def usable_folder(path: Path) -> Path:
    """The data folder, made if need be. Raises CannotStart where it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The folder {path} cannot be written ({error.strerror}). Make it writable, or choose another with --data FOLDER."
        ) from error
    return path


def only_one(folder: Path) -> IO[str]:
    """Hold the folder's lock while the product runs. Raises CannotStart where another one holds it."""
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
    """Raises CannotStart where the port is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} is not free ({error.strerror}). Stop what uses it, or choose another with {flag} PORT."
            ) from error


def operator_key(folder: Path, given: str | None) -> str:
    """The operator's key: as given, else the one kept in the folder, else a new random one, kept for next time."""
    if given:
        return given
    path = folder / "operator.key"
    if path.exists() and (kept := path.read_text().strip()):
        return kept
    key = secrets.token_urlsafe(24)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key + "\n")
    return key
