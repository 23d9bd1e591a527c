"""Compares what was acknowledged with the records on Kafka and the answers of the API. PURE; each difference is one sentence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from loadtest.proof.ledger import Entry, Found, differences
from loadtest.run.sessions import SAMPLE_EVERY_S
from schemas.base import derived_id
from schemas.billing import CdrIssued, Costs
from schemas.commands import CommandSettled
from schemas.firmware import FINAL, UpdateChanged
from schemas.transactions import MeterValuesRecorded, SessionChanged

SHOWN = 12
PRICE_PER_WH = Decimal("0.0005")
"""What the tariff of these tests asks for; nothing else costs anything."""


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The members of a charge detail record that must be right wherever it is read."""

    id: str
    session: str
    station: str
    transaction_id: str
    version: int
    credit: bool
    credits: str
    replaces: str
    unrated: str
    energy_wh: Decimal | None
    costs: Costs | None


FIRST_YEAR = 2015
"""A station's time before this cannot be right: such a message is dated by its arrival."""


def shown(sentences: Sequence[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(sentences) - SHOWN
    return [*sentences[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


def of_ledger(entries: Sequence[Entry]) -> list[str]:
    """Stations repeat every fact until it is acknowledged: nobody may have had to give up."""
    return [f"{e.station} {e.transaction_id} is {e.state} after {e.facts} facts" for e in entries if e.state != "ended"]


def of_snapshots(entries: Sequence[Entry], changes: Iterable[SessionChanged]) -> list[str]:
    """csms.sessions: each session once, ended, exact to the Wh, by what readers go by: the newest `changed_at`; no revision left out.

    A revision may be told in two ways: `transactions` reads several topics, and after a crash it reads what was not saved again,
    perhaps in another order between them.
    """
    stations = {entry.station for entry in entries}
    told: list[str] = []
    latest: dict[str, SessionChanged] = {}
    revisions: dict[str, int] = defaultdict(int)
    for change in changes:
        if change.station not in stations:
            continue
        if change.revision > revisions[change.session] + 1:
            told.append(f"{change.station} {change.transaction_id}: revision {change.revision} came too early")
        revisions[change.session] = max(revisions[change.session], change.revision)
        before = latest.get(change.session)
        if before is None or change.changed_at > before.changed_at:
            latest[change.session] = change
    found = [
        Found(
            session=change.session, station=change.station, transaction_id=change.transaction_id,
            status=change.status, energy_wh=change.energy_wh, started_at=change.started_at,
        )
        for change in latest.values()
    ]  # fmt: skip
    return told + of_api(entries, found, source="csms.sessions")


def of_api(entries: Sequence[Entry], found: Sequence[Found], *, source: str = "the API") -> list[str]:
    """Missing, doubled, not ended, or off by a Wh."""
    return [
        f"{source}: {d.kind}: {d.station} {d.transaction_id}: {d.detail}" for d in differences(entries, list(found))
    ]


def of_readings(entries: Sequence[Entry], recorded: Iterable[MeterValuesRecorded]) -> list[str]:
    """csms.meter-values: each reading that a station sent is there, all of a transaction under one session."""
    at: dict[tuple[str, str], set[object]] = defaultdict(set)
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    under: dict[tuple[str, str], set[str]] = defaultdict(set)
    for values in recorded:
        place = (values.station, values.transaction_id)
        at[place] |= {reading.at for reading in values.readings}
        ids[place].add(values.id)
        under[place].add(values.session)
    told = []
    for entry in (entry for entry in entries if entry.state == "ended"):
        place = (entry.station, entry.transaction_id)
        wanted = {
            (entry.started_at + timedelta(seconds=SAMPLE_EVERY_S * number)).replace(
                microsecond=entry.started_at.microsecond // 1000 * 1000
            )
            for number in range(entry.facts)
        }
        if entry.started_at.year < FIRST_YEAR:  # the times of arrival stand in for such times
            if len(ids[place]) < entry.facts:
                told.append(f"{entry.station} {entry.transaction_id}: {len(ids[place])} readings of {entry.facts}")
        elif lost := wanted - at[place]:
            told.append(f"{entry.station} {entry.transaction_id}: no reading of {sorted(map(str, lost))}")
        if len(under[place]) > 1:
            told.append(f"{entry.station} {entry.transaction_id}: readings under {len(under[place])} sessions")
    return told


def of_outcomes(taken: Mapping[str, str], settled: Iterable[CommandSettled]) -> list[str]:
    """csms.outcomes: exactly one outcome of each command that the API accepted; repeated records are equal."""
    by_command: dict[str, list[CommandSettled]] = defaultdict(list)
    for outcome in settled:
        by_command[outcome.command_id].append(outcome)
    told = [f"command {id} to {station} has no outcome" for id, station in taken.items() if id not in by_command]
    for id, outcomes in by_command.items():
        if len({(outcome.id, outcome.outcome) for outcome in outcomes}) > 1:
            told.append(f"command {id} has the outcomes {[outcome.outcome for outcome in outcomes]}")
    return told


def of_cdrs(entries: Sequence[Entry], issued: Iterable[CdrIssued]) -> list[str]:
    """csms.cdrs: the bills of all sessions; repeated records are equal."""
    known: dict[str, Bill] = {}
    told = []
    for cdr in issued:
        bill = msgspec.convert(cdr, Bill, from_attributes=True)
        if known.setdefault(bill.id, bill) != bill:
            told.append(f"{bill.station} {bill.transaction_id}: version {bill.version} was told in two ways")
    return told + of_bills(entries, list(known.values()), source="csms.cdrs")


def of_bills(entries: Sequence[Entry], bills: Sequence[Bill], *, source: str) -> list[str]:
    """One bill that stands of each session, exact to the Wh and the cent; each one before it credited once, and replaced."""
    by_place: dict[tuple[str, str], list[Bill]] = defaultdict(list)
    for bill in bills:
        by_place[bill.station, bill.transaction_id].append(bill)
    return [
        f"{source}: {entry.station} {entry.transaction_id}: {fault}"
        for entry in entries
        if entry.state == "ended"
        for fault in _faults(entry, by_place[entry.station, entry.transaction_id])
    ]


def _faults(entry: Entry, bills: Sequence[Bill]) -> list[str]:
    versions = sorted((bill for bill in bills if not bill.credit), key=lambda bill: bill.version)
    credited = sorted(bill.credits for bill in bills if bill.credit)
    if not versions:
        return ["no bill"]
    told = []
    if [bill.version for bill in versions] != list(range(1, len(versions) + 1)):
        told.append(f"versions {[(bill.session, bill.version) for bill in versions]}")
    if [bill.replaces for bill in versions] != ["", *(bill.id for bill in versions[:-1])]:
        told.append("versions that do not replace each other")
    if credited != sorted(bill.id for bill in versions[:-1]):
        told.append(f"{len(credited)} credits of {len(versions)} versions")
    last = versions[-1]
    if last.energy_wh != entry.energy_wh:
        told.append(f"billed {last.energy_wh} Wh instead of {entry.energy_wh}")
    cents = (Decimal(entry.energy_wh or 0) * PRICE_PER_WH).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if last.costs is None or last.costs.total.excl_vat != cents:
        told.append(f"costs {last.costs and last.costs.total.excl_vat} {last.unrated} instead of {cents}")
    return told


# -- firmware campaigns -----------------------------------------------------------------------------------------------

MOST_DISPATCHES = 20
"""So often at most one command is dispatched, each time under a message id of its own."""
SAID_BY_THE_STATION = {"rejected", "download-failed", "installation-failed", "verification-failed"}
"""Failures that leave no doubt that the attempt is over: another may be made of a station that acknowledged it."""


def of_updates(
    heard: Mapping[str, Sequence[str]], changes: Iterable[UpdateChanged], settled: Iterable[CommandSettled]
) -> list[str]:
    """csms.firmware-updates and the commands that stations received: none is left out, none is commanded again after it accepted."""
    outcomes = {one.command_id: one.outcome for one in settled}
    by_station: dict[str, list[UpdateChanged]] = defaultdict(list)
    for change in changes:
        by_station[change.station].append(change)
    return [
        f"csms.firmware-updates: {station}: {fault}"
        for station, ids in heard.items()
        for fault in (*_revised(by_station[station]), *_asked(ids, by_station[station], outcomes))
    ]


def _revised(changes: Sequence[UpdateChanged]) -> list[str]:
    """Revisions one after the other; one final state, behind which nothing comes."""
    told, last = [], 0
    for change in changes:
        if change.revision > last + 1:
            told.append(f"revision {change.revision} came too early")
        last = max(last, change.revision)
    finals = {(change.revision, change.state) for change in changes if change.state in FINAL}
    if {revision for revision, _ in finals} != {last} or len(finals) != 1:
        told.append(f"{last} revisions, of which these are final: {sorted(finals)}")
    return told


def _asked(ids: Sequence[str], changes: Sequence[UpdateChanged], outcomes: Mapping[str, str]) -> list[str]:
    """Each attempt reached the station at most once, and once if it was accepted; another followed only a reported failure."""
    attempts = {change.attempt: change.command_id for change in changes if change.command_id}
    heard = {number: _times(ids, command_id) for number, command_id in attempts.items()}
    told = [f"attempt {number} was heard {times} times" for number, times in heard.items() if times > 1]
    if sum(heard.values()) != len(ids):
        told.append(f"{len(ids) - sum(heard.values())} of {len(ids)} that it heard are of no attempt")
    for number, command_id in attempts.items():
        if outcomes.get(command_id) == "accepted" and not heard[number]:
            told.append(f"attempt {number} was accepted, but never heard")
        again = {
            change.detail.partition(":")[0]
            for change in changes
            if (change.attempt, change.state) == (number, "backing-off")
        }
        if heard[number] and number + 1 in attempts and not again <= SAID_BY_THE_STATION:
            told.append(f"attempt {number} was heard, and another made for {sorted(again)}")
    return told if ids else [*told, "it was left out"]


def _times(ids: Sequence[str], command_id: str) -> int:
    """How often the station received a command, over all of its dispatches."""
    own = {derived_id("call", command_id, dispatch) for dispatch in range(1, MOST_DISPATCHES + 1)}
    return sum(id in own for id in ids)
