"""The wiring: settings that cannot be used are refused at the start, by name."""

from pathlib import Path

import pytest

from schemas.settings import BadSetting
from services.iso15118.app import issuers_in, pool_of, workers
from services.iso15118.pools import HttpPool
from services.iso15118.settings import Iso15118Settings
from services.iso15118.testpool import TestPool as Pool
from tests.services.iso15118.given import an_authority, name_of


def test_the_file_of_issuers_says_whose_word_counts(tmp_path: Path) -> None:
    v2g, other = an_authority(tmp_path), an_authority(tmp_path, "other")

    issuers = issuers_in(str(v2g.path))

    assert issuers.of(name_of(v2g, v2g.issue("leaf"))) == v2g.certificate
    assert issuers.of(name_of(other, other.issue("leaf"))) is None
    assert issuers_in("").of(name_of(v2g, v2g.issue("leaf"))) is None


def test_a_file_that_has_none_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path in (str(empty), str(tmp_path / "none.pem")):
        with pytest.raises(BadSetting, match="iso15118_issuers_file"):
            issuers_in(path)


async def test_the_setting_chooses_the_pool() -> None:
    assert pool_of(Iso15118Settings()) is None
    assert isinstance(pool_of(Iso15118Settings(contract_pool="test")), Pool)
    http = pool_of(Iso15118Settings(contract_pool="http", contract_pool_url="https://pool.example/v1"))
    assert isinstance(http, HttpPool)
    with pytest.raises(BadSetting, match="contract_pool_url"):
        pool_of(Iso15118Settings(contract_pool="http"))
    assert [worker.name for worker in workers(Iso15118Settings(bus="embedded"))] == ["iso15118", "iso15118-contracts"]
