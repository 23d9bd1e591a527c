"""The API's part of the settings: there is an operator key that somebody can send, or the process does not start."""

from pathlib import Path

import pytest

from schemas.settings import BadSetting
from services.api.config import SHORTEST_KEY, from_settings
from services.api.settings import ApiSettings

KEY = "k" * SHORTEST_KEY


def test_the_key_is_that_of_the_variable_or_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")

    assert from_settings(ApiSettings(api_key=KEY)).key == KEY
    assert from_settings(ApiSettings(api_key_file=str(file))).key == KEY


def test_without_a_key_the_process_does_not_start() -> None:
    with pytest.raises(BadSetting, match="VOLTBUS_API_KEY"):
        from_settings(ApiSettings())


@pytest.mark.parametrize("key", ["k" * (SHORTEST_KEY - 1), "é" * SHORTEST_KEY, "k" * SHORTEST_KEY + "\t"])
def test_a_key_that_is_short_or_that_no_header_can_have_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(BadSetting, match="printable ASCII") as refused:
        from_settings(ApiSettings(api_key=key))

    assert key not in str(refused.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="nowhere"):
        from_settings(ApiSettings(api_key_file=str(tmp_path / "nowhere")))


def test_each_setting_of_the_api_reaches_its_modules() -> None:
    config = from_settings(
        ApiSettings(api_key=KEY, api_sse_clients=3, api_body_limit=5_000, default_time_zone="Asia/Tokyo")
    )

    assert (config.sse_clients, config.body_limit, config.default_time_zone) == (3, 5_000, "Asia/Tokyo")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"oidc_issuer": "http://login.example.com", "oidc_audience": "a"}, "https://"),
        ({"oidc_issuer": "https://login.example.com"}, "oidc_audience"),
    ],
)
def test_a_provider_whose_tokens_could_not_be_checked_is_refused(members: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        from_settings(ApiSettings(api_key="k" * 16, **members))  # type: ignore[arg-type]


def test_the_provider_is_as_it_is_set() -> None:
    settings = ApiSettings(
        api_key="k" * 16, oidc_issuer="https://login.example.com", oidc_client_id="console", oidc_roles_claim="a.b"
    )

    assert from_settings(settings).provider.roles_claim == "a.b"
    assert from_settings(ApiSettings(api_key="k" * 16)).provider.issuer == ""
