"""`python -m services replay NAME`: what is refused, and what it needs to be told."""

import pytest

from services.__main__ import main
from services.nouns import NOT_REPLAYED


@pytest.mark.parametrize("name", NOT_REPLAYED)
def test_what_must_not_be_replayed_is_refused_with_the_reason(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", name, "--from-beginning"]) == 1
    assert capsys.readouterr().err.strip() == NOT_REPLAYED[name]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["metering"], "Say where to begin"),
        (["metering", "--from-beginning", "--since", "2026-01-01T00:00:00Z"], "Say where to begin"),
        (["metering", "--since", "2026-01-01T00:00:00"], "needs an offset"),
        (["metering", "--since", "yesterday"], "cannot be used"),
        (["transactions", "--since", "2026-01-01T00:00:00Z"], "keeps a state"),
        (["metering", "--from-beginning", "--bus", "embedded"], "embedded bus forgets"),
        (["everything", "--from-beginning"], "cannot be replayed"),
        (["metering", "--from-beginning", "--bootstrap", "127.0.0.1:1"], "Kafka at 127.0.0.1:1 cannot be used"),
    ],
)
def test_a_replay_says_what_it_needs(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", *argv]) == 1
    assert said in capsys.readouterr().err
