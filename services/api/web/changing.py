"""Changing: one resource of reference data is changed on the condition that it still is what the caller saw.

`ETag` is a digest of the resource's record. `If-Match` names the state that a change is meant for: 412 where another has come
between. Without it the last one wins, and no change is lost unseen: each is based on the one before, as `provisioning` settles it.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar.params import HeaderParameter

from schemas.base import Record
from schemas.provisioning import REMOVED, Change, ChangeSettled, revision_of
from schemas.topic import Topic
from services.api.ports import Ports
from services.api.web.problems import FieldError, Problem, invalid

C = TypeVar("C", bound=Record)

ATTEMPTS = 5
"""How often a change without a condition is proposed again on the newest state before the caller gets a 409."""

LONGEST_SHOWN = 60

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        description='The `ETag` that the change is meant for, or "*" for whatever is there; 412 where another change came between.',
    ),
]
IfNoneMatch = Annotated[
    str | None,
    HeaderParameter(name="If-None-Match", description='"*": only where there is none yet, else 412.'),
]


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller knows of the resource he changes. `tags`: it is in one of these states; None: whatever it is."""

    tags: frozenset[str] | None = None
    must_exist: bool = False
    must_be_new: bool = False


WHATEVER = Condition()


def condition(if_match: str | None, if_none_match: str | None = None) -> Condition:
    """The condition that the headers of a request make. Raises Problem for what no ETag looks like."""
    if if_none_match is not None:
        if if_none_match.strip() != "*":
            raise invalid("If-None-Match", '"*" is all that a change may ask for')
        return Condition(must_be_new=True)
    if if_match is None:
        return WHATEVER
    if if_match.strip() == "*":
        return Condition(must_exist=True)
    tags = [tag.strip() for tag in if_match.split(",")]
    if not all(len(tag) > 1 and tag.removeprefix("W/").startswith('"') and tag.endswith('"') for tag in tags):
        raise invalid("If-Match", 'ETags as answers have them, in quotes: "5f2a..."')
    return Condition(tags=frozenset(tag[1:-1] for tag in tags if tag.startswith('"')))  # a weak one matches nothing


def tag_of(record: Record | None) -> str:
    """What names a resource's state in a form; empty for one that was never provisioned, or removed."""
    return revision_of(record) if _there(record) else ""


def etag(record: Record | None) -> dict[str, str]:
    """The header that names a resource's state; none where there is none."""
    return {"ETag": f'"{tag_of(record)}"'} if _there(record) else {}


async def changed(
    ports: Ports,
    topic: Topic,
    key: str,
    made: Callable[[Record | None], Awaitable[C | None]],
    *,
    given: Condition = WHATEVER,
    dry_run: bool = False,
) -> C:
    """Have `made(what is there)` stand for `key`, and return it; where it is None, what is there does. `dry_run`: only check it.

    Raises Problem: 412 where `given` does not hold, whatever `made` raises, 409 for a rule between several; Outage.
    """
    for attempt in range(ATTEMPTS):
        if attempt or given is not WHATEVER or not _there(ports.reference.get(topic, key)):
            await ports.reference.caught_up()
        before = ports.reference.get(topic, key)
        change = await made(before)
        _require(given, before, change)
        if change is None:
            return cast(C, before)
        if dry_run:
            return change
        settled = await ports.proposals.settle(cast(Change, change), based_on=revision_of(before))
        if settled.accepted:
            await ports.reference.read_back(change)
            return change
        _refuse(settled)
    raise Problem(
        HTTPStatus.CONFLICT, "Others change the same thing all the time; try again.", headers={"Retry-After": "1"}
    )


def _there(record: Record | None) -> bool:
    return record is not None and not isinstance(record, REMOVED)


def _require(given: Condition, before: Record | None, change: Record | None) -> None:
    """Raises Problem where what is there is not what the caller means."""
    there = _there(before)
    if given.must_be_new and there:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, f"It is there already{_by(before)}.", headers=etag(before))
    if given.must_exist and not there:
        raise Problem(HTTPStatus.PRECONDITION_FAILED, "There is none to change.")
    if given.tags is None or (there and revision_of(before) in given.tags):
        return
    what = "changed" if there else "removed"
    sentence = f"It was {what} in the meantime{_by(before)}; nothing of yours is saved. Look at it again, then repeat the change."
    raise Problem(
        HTTPStatus.PRECONDITION_FAILED,
        sentence,
        errors=differences(before, change) if there else [],
        headers=etag(before),
    )


def _refuse(settled: ChangeSettled) -> None:
    """Raises Problem for a refusal that another attempt would not mend."""
    match settled.refusal:
        case "tariff-assigned":
            raise Problem(HTTPStatus.CONFLICT, f"It is assigned to {settled.detail}.")
        case "tariff-unknown":
            raise invalid("tariffs", f"no tariff is provisioned as {settled.detail}")
        case "evse-taken":
            raise invalid(
                "nodes", f"an EVSE stands in one tree, and another site has {settled.detail}: take it out there first"
            )
        case "id-taken":
            raise invalid("station", f"this station is provisioned as {settled.detail}: ids are compared without case")
        case "busy":
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Too many changes at once.",
                headers={"Retry-After": "2"},
            )


def _by(record: Record | None) -> str:
    """Who provisioned the current state, and when."""
    current = getattr(record, "current", record)
    who = next((value for name, value in _members(current).items() if name.endswith("_by") and value), "")
    at = next(
        (value for name, value in _members(current).items() if name.endswith("_at") and name != "expires_at"), None
    )
    return (f" by {who}" if who else "") + (f" at {at:%Y-%m-%d %H:%M:%S} UTC" if at is not None else "")


SILENT = frozenset({"version", "password_hash", "earlier", "last_version", "secret", "previous_secret", "start"})


def differences(before: Record | None, wanted: Record | None) -> list[FieldError]:
    """What stands otherwise than the caller wants it, member by member; who and when are no members of theirs."""
    there, wanted_members = _members(_content(before)), _members(_content(wanted))
    return [
        FieldError(field=name, detail="are other ones now" if name == "commands" else f"is now {_shown(value)}")
        for name, value in there.items()
        if name in wanted_members
        and value != wanted_members[name]
        and name not in SILENT
        and not name.endswith(("_by", "ed_at"))
    ]


def same_content(before: Record, wanted: Record) -> bool:
    """Whether two records of a resource say the same of it, whoever said it, and when."""
    there, meant = _members(_content(before)), _members(_content(wanted))
    return there.keys() == meant.keys() and all(
        value == meant[name] for name, value in there.items() if not name.endswith(("_by", "ed_at"))
    )


def _content(record: Record | None) -> Any:
    """What a record says, where it keeps that in a member of its own: a tariff's current version, a row, a rule, a template."""
    return next(
        (getattr(record, name) for name in ("current", "row", "rule", "content") if hasattr(record, name)), record
    )


def _members(record: Any) -> Mapping[str, Any]:
    return msgspec.structs.asdict(record) if isinstance(record, msgspec.Struct) else {}


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
