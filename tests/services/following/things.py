"""A small state, as those of services are: what is remembered of a station, and what was said of it."""

import datetime as dt

import msgspec

from tests.services.moments import at


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came because of a command."""

    command_id: str
    outcome: str = "accepted"
    at: dt.datetime


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What was last published of a thing."""

    id: str
    revision: int = 0
    status: str
    at: dt.datetime


class Remembered(msgspec.Struct, frozen=True, kw_only=True):
    """A state with a kind of things."""

    answers: tuple[Answer, ...] = ()
    notes: tuple[Answer, ...] = ()


def answer(command_id: str = "c1", *, seconds: float = 0, outcome: str = "accepted") -> Answer:
    return Answer(command_id=command_id, outcome=outcome, at=at(seconds))


def said(id_: str = "a", status: str = "accepted", *, revision: int = 0, seconds: float = 0) -> Said:
    return Said(id=id_, status=status, revision=revision, at=at(seconds))


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """A state of a service that gives commands by itself."""

    failures: int = 0
    stopped: str = ""
    why: str = ""
    not_before: dt.datetime | None = None
