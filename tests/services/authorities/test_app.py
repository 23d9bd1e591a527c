"""The wiring of `authorities`: the file that names them, or none."""

from pathlib import Path

import pytest

from schemas.settings import BadSetting
from services.authorities.app import authorities_in, workers
from services.authorities.config import Acme, Est, write
from services.authorities.making import CONFIG
from services.authorities.settings import AuthoritiesSettings
from tests.services.authorities.given import made


def test_without_a_file_there_is_no_authority() -> None:
    assert authorities_in("") == {}
    assert [worker.name for worker in workers(AuthoritiesSettings())] == ["authorities"]


def test_the_file_that_was_made_is_used(tmp_path: Path) -> None:
    assert list(authorities_in(str(made(tmp_path / "a") / CONFIG))) == ["stations"]


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be read"):
        authorities_in(str(tmp_path / "nowhere.json"))
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(BadSetting, match=r"bad\.json"):
        authorities_in(str(tmp_path / "bad.json"))
    est = Est(uses=("V2GCertificate",), url="https://est.example/.well-known/est", trust="none.pem")
    (tmp_path / "est.json").write_text(write({"v2g": est}))
    with pytest.raises(BadSetting, match="authority v2g"):
        authorities_in(str(tmp_path / "est.json"))
    ordered = Acme(uses=(), url="https://acme.example/directory", trust="t.pem", roots="none.pem", account_key="k.pem")
    (tmp_path / "acme.json").write_text(write({"ordered": ordered}))
    with pytest.raises(BadSetting, match=r"authority ordered: .*none\.pem"):
        authorities_in(str(tmp_path / "acme.json"))
