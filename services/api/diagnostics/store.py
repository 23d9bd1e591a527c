"""The store of files: a folder of this machine, or a bucket of any S3-compatible store, through `obstore`.

Files come in parts and go out in parts: no file is in memory as a whole.
"""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol

import msgspec
import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from schemas.settings import BadSetting
from services.runtime.process.outage import Outage


class TooLarge(Exception):
    """The file is larger than may be stored."""


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was stored: its bytes, and their SHA-256 digest, hexadecimal."""

    size: int
    sha256: str


class Files(Protocol):
    """Where files are kept, by their place: a path within the store. Raises Outage."""

    async def put(self, place: str, parts: AsyncIterator[bytes], *, most: int) -> Stored:
        """Store a file; nothing is there before it is whole. Raises TooLarge beyond `most` bytes."""

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        """A file in parts; None where there is none."""


class StoredFiles:
    """Files in what a URL names: `file:///folder`, which is made, or `s3://bucket/prefix`, whose keys stand in AWS_* variables."""

    def __init__(self, url: str) -> None:
        self._store: Any = _open(url)

    async def put(self, place: str, parts: AsyncIterator[bytes], *, most: int) -> Stored:
        """Store a file; nothing is there before it is whole. Raises TooLarge, Outage."""
        counted = _Counted(parts, most)
        try:
            await obstore.put_async(self._store, place, counted, use_multipart=True)
        except (BaseError, OSError) as error:
            if counted.too_large:
                raise TooLarge from error
            raise Outage(f"the store of files does not take {place}: {error}") from error
        return Stored(size=counted.size, sha256=counted.digest.hexdigest())

    async def get(self, place: str) -> AsyncIterator[bytes] | None:
        """A file in parts; None where there is none. Raises Outage."""
        try:
            found = await obstore.get_async(self._store, place)
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Outage(f"the store of files does not give {place}: {error}") from error
        return _bytes(found)


def opened(url: str) -> Files | None:
    """The store that a URL names; None for an empty one. Raises BadSetting."""
    return StoredFiles(url) if url else None


def _open(url: str) -> Any:
    try:
        if url.startswith("file://"):
            Path(url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
        return from_url(url)
    except (BaseError, ValueError, OSError) as error:
        raise BadSetting(
            f"api_files={url!r} cannot be used: {error}. Give file:///folder or s3://bucket/prefix."
        ) from error


async def _bytes(found: Any) -> AsyncIterator[bytes]:
    async for part in found.stream():
        yield bytes(part)


class _Counted:
    """Passes parts on, and counts and digests them; ends with TooLarge beyond `most` bytes."""

    def __init__(self, parts: AsyncIterator[bytes], most: int) -> None:
        self._parts = parts
        self._most = most
        self.size = 0
        self.too_large = False
        self.digest = hashlib.sha256()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._parts:
            self.size += len(part)
            if self.size > self._most:
                self.too_large = True
                raise TooLarge
            self.digest.update(part)
            yield part
