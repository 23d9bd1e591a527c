"""Local authorization lists: tokens that a station knows by itself (2.x part 2, D01, D02, C13, C14; 1.6, 3.5.2, 5.10, 5.15).

An operator says by a rule which tokens a station is to know; the service `locallists` keeps the station's list like that.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.authorization import TokenProvisioned
from schemas.base import OcppVersion, Record, Timestamp
from schemas.command import StationCommand, about
from schemas.operators import reaches
from schemas.topic import Topic

LocalListStatus = Literal["unmanaged", "in-step", "sending", "out-of-step", "unsupported", "refused"]
"""`unmanaged`: no rule, the station's list is left as it is. `out-of-step`: what the station has differs, or nobody knows, and nothing
is under way; `why` says what is waited for. `unsupported`, `refused`: nothing is sent until somebody asks or the rule changes
(`refused`: or the station boots)."""

ENTRIES_MOST = 5_000
"""Entries that one list may have, whatever its station says that it can keep."""
ENTRIES_UNTOLD = 1_000
"""Entries of the list of a station that does not say how many it can keep."""
ITEMS_MOST = 200
"""Entries in one message, whatever its station says that it takes."""
ITEMS_UNTOLD = 50
"""Entries in one message to a station that does not say how many it takes."""
LONGEST_TOKEN_16, LONGEST_TOKEN_2X = 20, 255
"""1.6 IdToken is a CiString20Type; 2.1 IdTokenType has 255 characters (2.0.1: 36)."""

Names = Annotated[tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...], msgspec.Meta(max_length=100)]


class LocalListRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which tokens a station's list has. `chosen`: those of one of the `groups`, or with one of the `labels`. `empty`: none at all.

    Blocked tokens are on the list as blocked, so that no station lets them in offline. `token_type` is what a 2.x station reads
    the tokens as (IdTokenEnumType), for a list of 2.x names a type with each token; a token that has types of its own and not this
    one is listed under the first of them. Prepaid tokens, and those with places or hours, are left out: a station is to ask.
    """

    tokens: Literal["all", "chosen", "empty"] = "all"
    groups: Names = ()
    labels: Names = ()
    token_type: Annotated[str, msgspec.Meta(min_length=1, max_length=20)] = "ISO14443"


class LocalListEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One token of a list. `remove`: a differential update takes it off (D01.FR.17); its other members do not count then."""

    token: Annotated[
        str, msgspec.Meta(min_length=1, max_length=255), about("Token", example="04A2B3C4D5", picks="token")
    ]
    token_type: Annotated[
        str, msgspec.Meta(max_length=20), about("Type of token", "2.x IdTokenEnumType; 1.6 knows none.", advanced=True)
    ] = "ISO14443"
    status: Annotated[Literal["Accepted", "Blocked", "Expired", "Invalid"], about("Status")] = "Accepted"
    expires_at: Annotated[Timestamp | None, about("Expires", "Empty: never.")] = None
    group: Annotated[str, msgspec.Meta(max_length=255), about("Group", advanced=True)] = ""
    remove: Annotated[bool, about("Remove", "Take it off the list (differential updates only).")] = False


# -- reference data, on csms.ref.local-lists (compacted) --------------------------------------------------------------


class LocalListProvisioned(Record, frozen=True, kw_only=True, tag="local-list-provisioned"):
    """The operator's rule for the list of a station."""

    station: str
    rule: LocalListRule = LocalListRule()
    provisioned_at: Timestamp
    provisioned_by: str = ""


class LocalListRemoved(Record, frozen=True, kw_only=True, tag="local-list-removed"):
    """The station's list is managed no longer, and stays as it is. Replaces the rule in its topic."""

    station: str
    removed_at: Timestamp
    removed_by: str = ""


# -- orders, on csms.local-list-orders --------------------------------------------------------------------------------


class LocalListSyncOrdered(Record, frozen=True, kw_only=True, tag="local-list-sync-ordered"):
    """Send the whole list again, also to a station that refused it or said that it has none."""

    id: str
    station: str
    ordered_at: Timestamp
    ordered_by: str = ""


# -- what the service says, on csms.local-list-states (compacted) -----------------------------------------------------


class LocalListChanged(Record, frozen=True, kw_only=True, tag="local-list-changed"):
    """A station's list as a whole, after a change; the newest `revision` stands for all before.

    `version` is the number of the list that the station is to have, `station_version` the one that it said last (0: it has none; None:
    it has not said). `entries` are on the list by the rule, `left_out` more would be, had the station room for them and for their
    length; `known` are with the station as far as we know. `most_entries` and `longest_token` are the limits by which it was made.
    """

    id: str
    station: str
    revision: int
    status: LocalListStatus
    why: str = ""
    rule: LocalListRule | None = None
    version: int = 0
    station_version: int | None = None
    entries: int = 0
    known: int = 0
    left_out: int = 0
    most_entries: int = ENTRIES_UNTOLD
    most_items: int = ITEMS_UNTOLD
    longest_token: int = LONGEST_TOKEN_16
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class SendLocalList(StationCommand, frozen=True, kw_only=True):
    """Send a local authorization list, or changes of it. VersionMismatch: the station's own is not older (D01.FR.19).

    A list that the product manages (by a rule) is sent again afterwards, for this one replaced it.
    """

    title: ClassVar[str] = "Send a local list"

    version: Annotated[
        int,
        msgspec.Meta(ge=1, le=2_147_483_647),
        about("Version", "The list's number afterwards; greater than before.", example=1),
    ]
    update: Annotated[
        Literal["Full", "Differential"], about("Update", "Full replaces the list, Differential changes it.")
    ] = "Full"
    entries: Annotated[
        tuple[LocalListEntry, ...],
        msgspec.Meta(max_length=1_000),
        about("Tokens", "None with a full update: an empty list.", example=[{"token": "04A2B3C4D5"}]),
    ] = ()


class GetLocalListVersion(StationCommand, frozen=True, kw_only=True):
    """Ask for the version of the local list. 0: the station has none (D02.FR.02); unsupported: it can have none (1.6, 5.10)."""

    title: ClassVar[str] = "Local list version"


class GetLocalListLimits(StationCommand, frozen=True, kw_only=True):
    """Ask how many tokens a station takes in one list and in one message (1.6, 9.2; 2.x LocalAuthListCtrlr)."""

    title: ClassVar[str] = "Local list limits"


VERSION_ITEM, ENTRIES_ITEM, ITEMS_ITEM, ENABLED_ITEM = "version", "entries", "items-per-message", "enabled"
"""Names of the items of outcomes: of GetLocalListVersion, and of GetLocalListLimits; the item's status is the value."""


# -- which tokens -----------------------------------------------------------------------------------------------------


def longest_token(version: OcppVersion | None) -> int:
    """How long a token may be that a station of this version can have on its list."""
    return {"2.0.1": 36, "2.1": LONGEST_TOKEN_2X}.get(version or "", LONGEST_TOKEN_16)


def selected(rule: LocalListRule, tokens: Iterable[Record]) -> list[TokenProvisioned]:
    """The provisioned tokens that the rule names, by their keys."""
    if rule.tokens == "empty":
        return []
    groups, labels = frozenset(rule.groups), frozenset(rule.labels)
    found = [
        token
        for token in tokens
        if isinstance(token, TokenProvisioned)
        and (rule.tokens == "all" or token.group in groups or token.label in labels)
    ]
    return sorted(found, key=lambda token: token.token)


def entries_of(
    rule: LocalListRule, tokens: Iterable[Record], *, most: int, longest: int, tenant: str
) -> tuple[tuple[LocalListEntry, ...], int]:
    """The entries of a list by the rule, by their tokens, and how many are left out: too long for the station, beyond `most`, or not to
    be let in without asking. Tokens of other tenants than the station's `tenant` are none of its list, unless they are shared."""
    found = [token for token in selected(rule, tokens) if token.shared or reaches(token.tenant, tenant)]
    fitting = [
        token
        for token in found
        if 0 < len(token.token) <= longest and token.token.isprintable() and not _needs_asking(token)
    ]
    entries = tuple(
        LocalListEntry(
            token=token.token,
            token_type=_type_of(token, rule),
            status=token.status,
            expires_at=token.expires_at,
            group=token.group,
        )
        for token in fitting[:most]
    )
    return entries, len(found) - len(entries)


def _needs_asking(token: TokenProvisioned) -> bool:
    """Whether a list cannot say what the token may do: its credit is to be asked for (C17), and an entry has no places, hours and EVSEs."""
    return token.status == "Accepted" and bool(token.prepaid or token.places or token.hours or token.evse_types)


def _type_of(token: TokenProvisioned, rule: LocalListRule) -> str:
    """The type that the rule names, where the token is of that type or of none; else the token's own first one."""
    return rule.token_type if not token.types or rule.token_type in token.types else token.types[0]


def rule_of(record: Record | None) -> LocalListRule | None:
    """The rule that a record on csms.ref.local-lists says; None: the list is not managed."""
    return record.rule if isinstance(record, LocalListProvisioned) else None


Tokens = Mapping[str, Record]

REF_LOCAL_LISTS = Topic(
    name="csms.ref.local-lists",
    meaning="Reference data: which tokens each station's local list is to have.",
    records=(LocalListProvisioned, LocalListRemoved),
    retention_s=None,
)
LOCAL_LIST_ORDERS = Topic(
    name="csms.local-list-orders",
    meaning="Local lists that are to be sent again.",
    records=(LocalListSyncOrdered,),
)
LOCAL_LIST_STATES = Topic(
    name="csms.local-list-states",
    meaning="The local list of each station as a whole, after every change.",
    records=(LocalListChanged,),
    retention_s=None,
)

TOPICS = (REF_LOCAL_LISTS, LOCAL_LIST_ORDERS, LOCAL_LIST_STATES)
