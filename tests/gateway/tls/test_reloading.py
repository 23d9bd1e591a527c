"""Reloading: a changed file is used, a broken one is not, and both are told."""

from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from gateway.tls.contexts import BadFile
from gateway.tls.reloading import Reloading
from gateway.tls.settings import Files
from tests.gateway.conftest import World

FAILED = "voltbus_gateway_tls_reload_failed"
EXPIRES = "voltbus_gateway_tls_certificate_expires_timestamp_seconds"


@pytest.fixture
def files(world: World, tmp_path: Path) -> Files:
    path = tmp_path / "server.pem"
    path.write_bytes(world.ec.path.read_bytes())
    return world.files(pairs=((str(path), str(path)),))


def put(path: str, content: bytes) -> None:
    """Replace a file as Kubernetes does: at once."""
    new = Path(path + ".new")
    new.write_bytes(content)
    new.replace(path)


async def test_a_changed_file_is_used_and_a_broken_one_is_not(world: World, files: Files) -> None:
    path = files.pairs[0][0]
    changes: list[int] = []
    reloading = Reloading(files, every_s=3600)
    reloading.changed = lambda: changes.append(1)
    first = reloading.now
    await reloading.look()
    assert reloading.now is first

    put(path, b"nothing")
    await reloading.look()
    assert (reloading.now is first, REGISTRY.get_sample_value(FAILED), changes) == (True, 1, [])

    put(path, world.rsa.path.read_bytes())
    await reloading.look()
    assert [pair.kind for pair in reloading.now.pairs] == ["rsa"]
    assert (REGISTRY.get_sample_value(FAILED), changes) == (0, [1])
    expires = world.rsa.certificate.not_valid_after_utc.timestamp()
    assert REGISTRY.get_sample_value(EXPIRES, {"certificate": path}) == expires


async def test_a_file_that_is_gone_leaves_what_was(files: Files) -> None:
    reloading = Reloading(files, every_s=3600)
    first = reloading.now
    Path(files.pairs[0][0]).unlink()
    await reloading.look()
    assert reloading.now is first


async def test_the_same_files_are_read_again_where_it_is_asked_for(files: Files) -> None:
    reloading = Reloading(files, every_s=3600)
    first = reloading.now
    await reloading.look(asked=True)
    assert reloading.now is not first


async def test_the_first_files_must_be_good(files: Files) -> None:
    Path(files.pairs[0][0]).write_bytes(b"")
    with pytest.raises(BadFile):
        Reloading(files, every_s=3600)
