"""Ids: the numbers that a CSMS gives, as they were then and as they are in the replay. PURE."""

from collections.abc import Iterator
from typing import Any

MEMBERS = frozenset({"transactionId", "requestId", "reservationId", "remoteStartId", "chargingProfileId"})
"""Members with a number that the CSMS may have given, and that a station repeats later."""

Path = tuple[str, ...]


class Ids:
    """What each id of then is now."""

    def __init__(self) -> None:
        self._now: dict[tuple[str, str], Any] = {}

    def learn(self, then: Any, now: Any) -> None:
        """Two messages that correspond: where an id differs, the one of then stands for the one of now."""
        before, after = dict(leaves(then)), dict(leaves(now))
        for path, value in before.items():
            name = _name(path)
            if name in MEMBERS and path in after and after[path] != value:
                self._now[name, str(value)] = after[path]

    def translated(self, payload: Any, name: str = "") -> Any:
        """The same message with the ids of now."""
        match payload:
            case dict():
                return {member: self.translated(value, member) for member, value in payload.items()}
            case list():
                return [self.translated(value, name) for value in payload]
        return self._now.get((name, str(payload)), payload) if name in MEMBERS else payload


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every text, number, truth value and null in a message by its path, and every list and object that is empty."""
    match value:
        case dict() if value:
            for member, each in value.items():
                yield from leaves(each, (*path, member))
        case list() if value:
            for number, each in enumerate(value):
                yield from leaves(each, (*path, f"[{number}]"))
        case _:
            yield path, value


def _name(path: Path) -> str:
    """The innermost member of a path."""
    return next((part for part in reversed(path) if not part.startswith("[")), "")


def written(path: Path) -> str:
    """The path as people read it: `idTagInfo.status`."""
    return ".".join(path).replace(".[", "[")


def named(path: Path) -> str:
    """The innermost member of a path; empty for none."""
    return _name(path)
