"""What could not be believed or read, in ClickHouse: meter values, corrections, messages; and by which rules others were read. PURE."""

from collections.abc import Sequence
from operator import attrgetter

from schemas.billing import CorrectionQuarantined
from schemas.deviations import DEVIATIONS, MessageBent, MessageQuarantined
from schemas.quarantine import QUARANTINE
from schemas.transactions import MeterValueQuarantined
from services.metering.cells import EPOCH, LATEST, MICROSECOND, Column, json, micros, us
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun, positions, repeated, table, transposed

_BENT = attrgetter("station", "received_at", "version", "action", "vendor", "model", "firmware_version", "fact", "id")


def _deviations(records: Sequence[MessageBent]) -> tuple[Column, ...]:
    """One row for each rule that a message needed."""
    counts = [len(record.bends) for record in records]
    station, received_at, version, action, *who = transposed(list(map(_BENT, records)), 9)
    of_records = repeated((station, micros(received_at), version, action, *who), counts)
    bends = [bend for record in records for bend in record.bends]
    rules, paths = [bend.rule for bend in bends], [bend.path for bend in bends]
    return (*of_records[:4], rules, paths, *of_records[4:], positions(counts))


def _measured_us(record: MeterValueQuarantined) -> int:
    # the meter's clock may be the very thing that is not believed: keep the row, bring the moment into range
    return us(min(max(record.meter_value.at, EPOCH), LATEST - MICROSECOND))


NOUN = MeteringNoun(
    topics={FACTS: (QUARANTINE, DEVIATIONS)},
    tables=(
        table(
            "quarantine",
            key="received_at id",
            columns="station at received_at session evse transaction_id reason meter_value id",
            rows={
                MeterValueQuarantined: {"at": _measured_us, "meter_value": lambda r: json(r.meter_value)},
                CorrectionQuarantined: {
                    "at": lambda r: us(r.changed_at),
                    "received_at": lambda r: us(r.changed_at),
                    "reason": lambda _: "bill-not-corrected",
                    "meter_value": lambda r: json(
                        {"status": r.status, "ended_at": r.ended_at, "energy_wh": r.energy_wh}
                    ),
                },
            },
        ),
        table(
            "quarantined_messages",
            key="received_at id",
            columns="station received_at version action code reason payload id",
            rows={MessageQuarantined: {}},
        ),
        table(
            "deviations",
            key="station received_at id position",
            columns="station received_at version action rule path vendor model firmware_version fact id position",
            rows={MessageBent: _deviations},
        ),
    ),
)
