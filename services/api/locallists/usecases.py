"""Use cases of local lists: find, say by which rule a station's is made, send it again. Routes and pages call them."""

from http import HTTPStatus

from msgspec.structs import replace

from schemas.authorization import REF_TOKENS
from schemas.base import Record
from schemas.locallists import (
    REF_LOCAL_LISTS,
    LocalListProvisioned,
    LocalListRemoved,
    LocalListRule,
    LocalListSyncOrdered,
    entries_of,
    rule_of,
)
from schemas.stations import REF_STATIONS, tenant_of
from services.api.locallists.rows import LocalList, LocalListDetails, ProvisionLocalList, entry_told, rule_told
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import Problem, invalid, not_found

SOON = "It was not looked at yet by the rule that holds now."


async def list_of(ports: Ports, station: str) -> LocalListDetails:
    """A station's list as it stands, with its entries. Raises Problem: 404; Outage."""
    known = await known_station(ports, station)
    found = await ports.reads.local_list(known.station) or LocalList(station=known.station)
    rule = rule_of(written_rule(ports, known.station))
    if rule is None:
        return LocalListDetails(list=found, rule=None, items=())
    if found.tokens == "":
        found = replace(found, status="out-of-step", why=SOON)
    tokens = ports.reference.all(REF_TOKENS).values()
    whose = tenant_of(ports.reference.get(REF_STATIONS, known.station))
    items, _ = entries_of(rule, tokens, most=found.most_entries, longest=found.longest_token, tenant=whose)
    return LocalListDetails(list=found, rule=rule_told(rule), items=tuple(map(entry_told, items)))


def written_rule(ports: Ports, station: str) -> Record | None:
    """The record with the rule for a station's list; one of its removal, or None, where it is not managed."""
    return ports.reference.get(REF_LOCAL_LISTS, station)


async def save_rule(
    ports: Ports, station: str, data: ProvisionLocalList, *, given: Condition = WHATEVER
) -> LocalListProvisioned:
    """Have the station's list made by a rule from now on. Raises Problem, Outage."""
    known = await known_station(ports, station)
    if data.tokens == "chosen" and not (data.groups or data.labels):
        raise invalid("groups", "name a group or a label of tokens; or ask for all tokens, or for an empty list")
    if data.tokens != "chosen" and (data.groups or data.labels):
        raise invalid("tokens", "groups and labels choose tokens: say `chosen` with them")
    rule = LocalListRule(tokens=data.tokens, groups=data.groups, labels=data.labels, token_type=data.token_type)

    async def made(_: Record | None) -> LocalListProvisioned:
        return LocalListProvisioned(
            station=known.station, rule=rule, provisioned_at=ports.clock(), provisioned_by=ports.principal.name
        )

    return await changed(ports, REF_LOCAL_LISTS, known.station, made, given=given)


async def remove_rule(ports: Ports, station: str, *, given: Condition = WHATEVER) -> None:
    """Manage the station's list no longer; what the station has stays there. Raises Problem: 404; Outage."""

    async def made(known: Record | None) -> LocalListRemoved:
        if rule_of(known) is None:
            raise not_found(f"The list of {station} is not managed.")
        return LocalListRemoved(station=station, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_LOCAL_LISTS, station, made, given=given)


async def sync(ports: Ports, station: str) -> LocalListDetails:
    """Send the whole list again, also to a station that refused it. Raises Problem: 404, 409 where it is not managed; Outage."""
    known = await list_of(ports, station)
    if known.rule is None:
        raise Problem(
            HTTPStatus.CONFLICT, f"The list of {station} is not managed: say first which tokens it is to have."
        )
    order = LocalListSyncOrdered(
        id=ports.new_id(), station=known.list.station, ordered_at=ports.clock(), ordered_by=ports.principal.name
    )
    await ports.publisher.publish(order)
    return known
