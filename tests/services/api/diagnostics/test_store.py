"""The store of files: whole files only, counted and digested, in a folder here and in a bucket in production."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.settings import BadSetting
from services.api.diagnostics.store import StoredFiles, TooLarge, opened

MIB = 1 << 20


async def parts(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def broken(content: bytes) -> AsyncIterator[bytes]:
    yield content
    raise ConnectionError("the station went away")


async def read(files: StoredFiles, place: str) -> bytes | None:
    found = await files.get(place)
    return None if found is None else b"".join([part async for part in found])


def files_in(folder: Path) -> StoredFiles:
    return StoredFiles(f"file://{folder / 'files'}")


@pytest.mark.parametrize("contents", [(), (b"one",), (b"a" * (6 * MIB), b"b" * (7 * MIB), b"c")])
async def test_a_file_comes_out_as_it_went_in(tmp_path: Path, contents: tuple[bytes, ...]) -> None:
    files, whole = files_in(tmp_path), b"".join(contents)

    stored = await files.put("logs/x/1", parts(*contents), most=20 * MIB)

    assert (stored.size, stored.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert await read(files, "logs/x/1") == whole


async def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert await read(files_in(tmp_path), "logs/none") is None


async def test_a_file_that_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    files = files_in(tmp_path)

    with pytest.raises(TooLarge):
        await files.put("logs/x/1", parts(b"a" * (6 * MIB), b"b" * (6 * MIB)), most=11 * MIB)

    assert await read(files, "logs/x/1") is None


async def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    files = files_in(tmp_path)

    with pytest.raises(Exception, match="the station went away"):
        await files.put("logs/x/1", broken(b"a" * 6 * MIB), most=20 * MIB)

    assert await read(files, "logs/x/1") is None


@pytest.mark.parametrize("url", ["nonsense", "gopher://x/y", "file://" + os.devnull + "/folder"])
def test_a_place_that_cannot_be_used_is_told_at_start(url: str) -> None:
    with pytest.raises(BadSetting, match="Give file:///folder or s3://bucket/prefix"):
        StoredFiles(url)


def test_a_bucket_is_opened_without_asking_it_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    assert isinstance(opened("s3://bucket/prefix"), StoredFiles)
    assert opened("") is None
