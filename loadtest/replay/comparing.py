"""Comparing: what a CSMS answered then and answers now, member by member; times and ids do not count. PURE."""

import re
from collections.abc import Collection
from typing import Any

import msgspec

from loadtest.replay.ids import MEMBERS, leaves, named, written
from loadtest.replay.recording import MASK, Answered

_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?")

ABSENT = "absent"


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One member that differs; `member` is empty where the answers differ as a whole."""

    member: str
    then: str
    now: str

    def __str__(self) -> str:
        where = f"{self.member}: " if self.member else ""
        return f"{where}then {self.then}, now {self.now}"


def differences(then: Answered | None, now: Answered | None, ignored: Collection[str] = ()) -> tuple[Difference, ...]:
    """How two answers differ. `ignored`: names of members that do not count."""
    if then is None or now is None:
        return () if then is now else (Difference(member="", then=_kind(then), now=_kind(now)),)
    if MASK in (then.error, then.payload):
        return ()
    if then.error or now.error:
        return () if then.error == now.error else (Difference(member="", then=_kind(then), now=_kind(now)),)
    return payload_differences(then.payload, now.payload, ignored)


def payload_differences(then: Any, now: Any, ignored: Collection[str] = ()) -> tuple[Difference, ...]:
    """How two payloads differ, in the order of their members."""
    before, after = dict(leaves(then)), dict(leaves(now))
    found = []
    for path in dict.fromkeys((*before, *after)):
        if not path or named(path) in ignored:
            continue
        here, there = before.get(path, ABSENT), after.get(path, ABSENT)
        if not _same(named(path), here, there):
            found.append(Difference(member=written(path), then=_shown(here), now=_shown(there)))
    return tuple(found)


def _same(name: str, then: Any, now: Any) -> bool:
    if then in (now, MASK):
        return True
    if ABSENT in (then, now):
        return False
    return name in MEMBERS or (_is_time(then) and _is_time(now))


def _is_time(value: Any) -> bool:
    return isinstance(value, str) and _TIME.fullmatch(value) is not None


def _kind(answer: Answered | None) -> str:
    if answer is None:
        return "no answer"
    return f"CALLERROR {answer.error}" if answer.error else "CALLRESULT"


def _shown(value: Any) -> str:
    return value if value is ABSENT else msgspec.json.encode(value).decode()
