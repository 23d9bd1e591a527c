"""Selecting: the list that a station is to have by its rule, what it has, and what leads from one to the other. PURE."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import msgspec

from schemas.authorization import REF_TOKENS
from schemas.base import Record
from schemas.locallists import LocalListEntry, LocalListRule, entries_of
from schemas.operators import DEFAULT_TENANT

References = Mapping[str, Mapping[str, Record]]

MEMORY = 500
"""Different lists that are kept ready, until the next token changes; with more of them the oldest are made again."""


@dataclass(frozen=True)
class Selection:
    """A list by a rule: its entries by their tokens, and how many tokens are left out of it."""

    entries: tuple[LocalListEntry, ...]
    left_out: int

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """The digest of each entry, by its token."""
        return {entry.token: _digest(msgspec.json.encode(entry)) for entry in self.entries}

    @cached_property
    def digest(self) -> str:
        """What stands for the whole list."""
        return digest_of(written(self.digests))


class Wish(NamedTuple):
    """What a list is made by: the rule, the most entries, the longest token, and the tenant whose the station is."""

    rule: LocalListRule
    most: int
    longest: int
    tenant: str = DEFAULT_TENANT


Select = Callable[[Wish, References], Selection]
"""From a wish and the tokens to the list."""


def selection(wish: Wish, references: References) -> Selection:
    """The list by a wish."""
    tokens = references[REF_TOKENS.name].values()
    entries, left_out = entries_of(wish.rule, tokens, most=wish.most, longest=wish.longest, tenant=wish.tenant)
    return Selection(entries, left_out)


class Selections:
    """Selections that are made once for all stations of the same rule and limits, until tokens change (`Held.changes` tells)."""

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Selection] = {}

    def __call__(self, wish: Wish, references: References) -> Selection:
        """The list by a wish."""
        tokens = references[REF_TOKENS.name]
        changes = getattr(tokens, "changes", None)
        if changes is None:
            return selection(wish, references)
        key = (changes, wish)
        if key not in self._known:
            self._known = {each: kept for each, kept in list(self._known.items())[1 - MEMORY :] if each[0] == changes}
            self._known[key] = selection(wish, references)
        return self._known[key]


# -- what a station has, as text: a line for each token, which is read only where something is sent -------------------


def written(digests: Mapping[str, str]) -> str:
    """Tokens with the digests of their entries, as a state keeps them."""
    return "\n".join(f"{token}\t{digest}" for token, digest in sorted(digests.items()))


def read(held: str) -> dict[str, str]:
    """What `written` wrote."""
    lines = (line.partition("\t") for line in held.split("\n")) if held else iter(())
    return {token: digest for token, _, digest in lines}


def digest_of(held: str) -> str:
    """What stands for a whole list; of an empty one it is not empty."""
    return _digest(held.encode())


def changed(held: str, sent: str) -> str:
    """What a station has once it has applied changes; those without a digest take their token off."""
    return written({token: digest for token, digest in (read(held) | read(sent)).items() if digest})


def changes(held: str, wanted: Selection) -> Iterator[LocalListEntry]:
    """What leads from what a station has to the list: first what goes, so that there is room for what comes."""
    has = read(held)
    for token in has:
        if token not in wanted.digests:
            yield LocalListEntry(token=token, token_type=_type_of(wanted), remove=True)
    for entry in wanted.entries:
        if has.get(entry.token) != wanted.digests[entry.token]:
            yield entry


def _type_of(wanted: Selection) -> str:
    return wanted.entries[0].token_type if wanted.entries else "ISO14443"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=5).hexdigest()
