"""Patterns: what an answer has to look like, as the cases write it.

Literals are equal; objects fit where all named members do; lists fit member by member. "*" fits anything; "$x" is bound, or
compared where it is bound already; "$number" in a longer text is replaced. {"$decimal": "1.5"} compares as numbers;
{"$in": [..]}, {"$not": p}, {"$has": p} (a list with a member that fits), {"$every": p}, {"$length": n},
{"$near": ["{now}", 30]} (a moment, so many seconds apart at most), {"$re": ".."}, {"$absent": [names]} (an object without them).
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

Bound = dict[str, Any]
_NAME = re.compile(r"\$[a-z_]\w*")


class Pattern:
    """Fits values against patterns. `text` fills in what a pattern's strings stand for."""

    def __init__(self, text: Callable[[str], str]) -> None:
        self._text = text

    def fits(self, pattern: Any, value: Any, bound: Bound) -> bool:
        """Whether the value fits; what the pattern binds is added to `bound` then, and perhaps when it does not."""
        if pattern == "*":
            return True
        if isinstance(pattern, str) and _NAME.fullmatch(pattern):
            return bool(bound.setdefault(pattern, value) == value)
        if isinstance(pattern, dict):
            return self._object(pattern, value, bound)
        if isinstance(pattern, list):
            return (
                isinstance(value, list)
                and len(value) == len(pattern)
                and all(self.fits(p, v, bound) for p, v in zip(pattern, value, strict=True))
            )
        wanted = self._text(pattern) if isinstance(pattern, str) else pattern
        return bool(wanted == value) and isinstance(wanted, bool) == isinstance(value, bool)

    def _object(self, pattern: dict[str, Any], value: Any, bound: Bound) -> bool:
        names = list(pattern)
        if len(names) == 1 and names[0] in _OPERATORS:
            return bool(_OPERATORS[names[0]](self, pattern[names[0]], value, bound))
        if unknown := [name for name in names if name.startswith("$")]:
            raise ValueError(f"no such operator: {unknown[0]}")
        return isinstance(value, dict) and all(
            name in value and self.fits(p, value[name], bound) for name, p in pattern.items()
        )

    def _decimal(self, wanted: str, value: Any, _: Bound) -> bool:
        try:
            return value is not None and Decimal(str(value)) == Decimal(wanted)
        except InvalidOperation:
            return False

    def _in(self, wanted: list[Any], value: Any, bound: Bound) -> bool:
        return any(self.fits(p, value, bound) for p in wanted)

    def _not(self, wanted: Any, value: Any, bound: Bound) -> bool:
        return not self.fits(wanted, value, dict(bound))

    def _has(self, wanted: Any, value: Any, bound: Bound) -> bool:
        return isinstance(value, list) and any(self._once(wanted, each, bound) for each in value)

    def _every(self, wanted: Any, value: Any, bound: Bound) -> bool:
        return isinstance(value, list) and all(self.fits(wanted, each, bound) for each in value)

    def _once(self, wanted: Any, value: Any, bound: Bound) -> bool:
        tried = dict(bound)
        if not self.fits(wanted, value, tried):
            return False
        bound.update(tried)
        return True

    def _length(self, wanted: int, value: Any, _: Bound) -> bool:
        return isinstance(value, list) and len(value) == wanted

    def _re(self, wanted: str, value: Any, _: Bound) -> bool:
        return isinstance(value, str) and re.search(self._text(wanted), value) is not None

    def _near(self, wanted: list[Any], value: Any, _: Bound) -> bool:
        moment, seconds = wanted
        try:
            apart = dt.datetime.fromisoformat(value) - dt.datetime.fromisoformat(self._text(moment))
        except (TypeError, ValueError):
            return False
        return abs(apart.total_seconds()) <= seconds

    def _absent(self, wanted: list[str], value: Any, _: Bound) -> bool:
        return isinstance(value, dict) and not set(wanted) & {name for name in value if value[name] is not None}


_OPERATORS: dict[str, Callable[[Pattern, Any, Any, Bound], bool]] = {
    "$decimal": Pattern._decimal,
    "$in": Pattern._in,
    "$not": Pattern._not,
    "$has": Pattern._has,
    "$every": Pattern._every,
    "$length": Pattern._length,
    "$re": Pattern._re,
    "$near": Pattern._near,
    "$absent": Pattern._absent,
}
