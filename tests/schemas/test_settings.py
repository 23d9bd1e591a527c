"""Settings: flags before variables before defaults, and a clear sentence when one cannot be used."""

from typing import Annotated, Literal

import msgspec
import pytest

from schemas.settings import BadSetting, load, take_secrets_out, words_of_sites

Doc = msgspec.Meta


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    bootstrap: Annotated[str, Doc(description="Where Kafka is.")] = "127.0.0.1:9092"
    port: Annotated[int, Doc(description="The port to listen on.", ge=0, le=65535)] = 9000
    bus: Annotated[Literal["kafka", "embedded"], Doc(description="Which bus.")] = "kafka"
    log_frames: Annotated[bool, Doc(description="Whether frames go to Kafka.")] = True
    interval_s: Annotated[float | None, Doc(description="How often.")] = None


def loaded(*argv: str, **environ: str) -> Settings:
    return load(Settings, prog="voltbus", description="", argv=argv, environ=environ)


def test_defaults_hold_where_nothing_is_given() -> None:
    assert loaded() == Settings()


def test_a_variable_replaces_a_default_and_a_flag_replaces_the_variable() -> None:
    assert loaded(VOLTBUS_PORT="1").port == 1
    assert loaded("--port", "2", VOLTBUS_PORT="1").port == 2


def test_text_becomes_the_settings_type() -> None:
    settings = loaded("--log-frames", "false", "--interval-s", "2.5")

    assert (settings.log_frames, settings.interval_s) == (False, 2.5)


@pytest.mark.parametrize(
    ("argv", "environ", "words"),
    [
        (("--port", "many"), {}, "--port='many'"),
        (("--port", "70000"), {}, "65535"),
        ((), {"VOLTBUS_BUS": "carrier pigeon"}, "VOLTBUS_BUS='carrier pigeon'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_its_source(
    argv: tuple[str, ...], environ: dict[str, str], words: str
) -> None:
    with pytest.raises(BadSetting, match=words):
        loaded(*argv, **environ)


def test_help_shows_meaning_variable_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        loaded("--help")

    shown = " ".join(capsys.readouterr().out.split())
    assert exit_.value.code == 0
    assert "Where Kafka is. [VOLTBUS_BOOTSTRAP; default: '127.0.0.1:9092']" in shown


@pytest.mark.parametrize(
    "argv", [["api", "--port", "1", "--api-key", "secret"], ["api", "--api-key=secret", "--port", "1"]]
)
def test_secrets_leave_the_command_line(argv: list[str]) -> None:
    assert take_secrets_out(argv, ("api_key", "kafka_password")) == (
        ["api", "--port", "1"],
        {"VOLTBUS_API_KEY": "secret"},
    )


@pytest.mark.parametrize("argv", [["api", "--api-key-file", "x"], ["--api-key"], []])
def test_a_command_line_without_secrets_stays_as_it_is(argv: list[str]) -> None:
    assert take_secrets_out(argv, ("api_key",)) == (argv, {})


def test_words_of_sites_are_read_and_another_word_is_refused_with_those_that_there_are() -> None:
    words = ("accept", "reject")

    assert words_of_sites(" berlin = accept,, a=b=reject ", words, setting="x_sites") == {
        "berlin": "accept",
        "a=b": "reject",
    }
    for text in ("berlin", "=accept", "berlin=perhaps"):
        with pytest.raises(BadSetting, match=f"x_sites: '{text}' is no SITE=accept or SITE=reject"):
            words_of_sites(text, words, setting="x_sites")
