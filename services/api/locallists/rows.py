"""Local lists as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from schemas.locallists import (
    ENTRIES_UNTOLD,
    ITEMS_UNTOLD,
    LONGEST_TOKEN_16,
    LocalListChanged,
    LocalListEntry,
    LocalListRule,
    LocalListStatus,
)
from services.api.web.bodies import Body

Names = Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...], msgspec.Meta(max_length=100)]


class ProvisionLocalList(Body, frozen=True, kw_only=True):
    """Which tokens the station is to know by itself. Blocked tokens are on the list too, as blocked."""

    tokens: Annotated[
        Literal["all", "chosen", "empty"],
        msgspec.Meta(description="All that are provisioned; those of `groups` or with `labels`; or an empty list."),
    ] = "all"
    groups: Annotated[
        Names, msgspec.Meta(description="With `chosen`: tokens of these groups.", examples=[["VANS"]])
    ] = ()
    labels: Annotated[Names, msgspec.Meta(description="With `chosen`: tokens with one of these labels.")] = ()
    token_type: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=20, description="2.x IdTokenEnumType that the station reads tokens as."),
    ] = "ISO14443"


class LocalList(msgspec.Struct, frozen=True, kw_only=True):
    """How the list of a station stands. `tokens`, `groups`, `labels` and `token_type` are the rule by which it was made.

    `version` is the number of the list that the station is to have, `station_version` the one that it said last (0: it has none). `entries`
    are on the list, `known` of them with the station; `left_out` more would be, had it room for them.
    """

    station: str
    status: LocalListStatus | str = "unmanaged"
    why: str = ""
    tokens: str = ""
    groups: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    token_type: str = ""
    version: int = 0
    station_version: int | None = None
    entries: int = 0
    known: int = 0
    left_out: int = 0
    most_entries: int = ENTRIES_UNTOLD
    most_items: int = ITEMS_UNTOLD
    longest_token: int = LONGEST_TOKEN_16
    changed_at: dt.datetime | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Which tokens the station's list has, as `PUT` says it."""

    tokens: str
    groups: tuple[str, ...]
    labels: tuple[str, ...]
    token_type: str


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A token on the list."""

    token: str
    token_type: str
    status: str
    expires_at: dt.datetime | None
    group: str


class LocalListDetails(msgspec.Struct, frozen=True, kw_only=True):
    """A station's list: how it stands, the rule that holds now (null: it is not managed), and its entries by that rule."""

    list: LocalList
    rule: Rule | None
    items: tuple[Entry, ...]


class LocalListFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lists; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_LOCAL_LISTS = LocalListFilter()


def rule_told(rule: LocalListRule) -> Rule:
    """A rule with all its members."""
    return Rule(**{name: getattr(rule, name) for name in Rule.__struct_fields__})


def entry_told(entry: LocalListEntry) -> Entry:
    """An entry with all its members."""
    return Entry(**{name: getattr(entry, name) for name in Entry.__struct_fields__})


def local_list_of(record: LocalListChanged) -> LocalList:
    """The record as the API gives it."""
    rule = record.rule
    of_rule: dict[str, Any] = {
        "tokens": rule.tokens if rule is not None else "",
        "groups": rule.groups if rule is not None else (),
        "labels": rule.labels if rule is not None else (),
        "token_type": rule.token_type if rule is not None else "",
    }
    same: dict[str, Any] = {name: getattr(record, name) for name in LocalList.__struct_fields__ if name not in of_rule}
    return LocalList(**same, **of_rule)
