"""Energy in ClickHouse: what flows at sites, readings of their meters, what drivers need, and what needs a person. PURE."""

from collections.abc import Sequence
from decimal import Decimal

from schemas.base import Poison
from schemas.energy import (
    SITE_FACTS,
    SITE_STATES,
    Amperes,
    EvseObserved,
    LimitAnswered,
    NeedStated,
    NodeLoad,
    SiteAlerted,
    SiteChangedByOperator,
    SiteLoadChanged,
    SiteMeterReported,
)
from schemas.sitetrees import LINES, Line
from services.metering.cells import Cell, Column, exact, json, millis
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, repeated, table, transposed

NODE_COLUMNS = 12


def _line(line: Line) -> Cell:
    """The current on a line; None where the record does not say."""

    def cell(record: SiteMeterReported) -> str | None:
        return exact(record.amps[line]) if line in record.amps else None

    return cell


def _nodes(records: Sequence[SiteLoadChanged]) -> tuple[Column, ...]:
    """A row for each node that is no EVSE, of each change."""
    of_records = [(record, _shared(record)) for record in records]
    counts = [len(nodes) for _, nodes in of_records]
    site, tenant, at, revision = transposed([(r.site, r.tenant, r.at, r.revision) for r in records], 4)
    site, tenant, at, revision = repeated((site, tenant, millis(at), revision), counts)
    cells = transposed([_cells(node) for _, nodes in of_records for node in nodes], NODE_COLUMNS + 1)
    return (site, tenant, cells[0], at, *cells[1:], revision)


def _shared(record: SiteLoadChanged) -> tuple[NodeLoad, ...]:
    evses = {evse.node for evse in record.evses}
    return tuple(node for node in record.nodes if node.node not in evses)


def _cells(node: NodeLoad) -> tuple[object, ...]:
    return (
        node.node,
        *_amps(node.load_a),
        *_amps(node.told_a),
        *_amps(node.limit_a),
        _number(node.load_w),
        _number(node.limit_w),
        node.exceeded,
    )


def _amps(amps: Amperes) -> tuple[float | None, ...]:
    return tuple(_number(amps.get(line)) for line in LINES)


def _number(value: Decimal | None) -> float | None:
    """As the column has it. Raises Poison for what is no number."""
    if value is None:
        return None
    if not value.is_finite():
        raise Poison(f"{value} is no current and no power")
    return float(value)


NOUN = MeteringNoun(
    topics={FACTS: (SITE_FACTS,), STATES: (SITE_STATES,)},
    tables=(
        table(
            "site_loads",
            key="site",
            columns="site tenant revision exceeded nodes evses at id",
            rows={SiteLoadChanged: {"nodes": lambda r: json(r.nodes), "evses": lambda r: json(r.evses)}},
        ),
        table(
            "site_node_loads",
            key="site node at revision",
            columns="site tenant node at l1_a l2_a l3_a told_l1_a told_l2_a told_l3_a limit_l1_a limit_l2_a limit_l3_a"
            " load_w limit_w exceeded revision",
            rows={SiteLoadChanged: _nodes},
        ),
        table(
            "site_alerts",
            key="site what subject",
            columns="site tenant alert what subject detail over at id",
            rows={SiteAlerted: {"alert": lambda r: r.alert}},
        ),
        table(
            "site_meter_readings",
            key="site meter measured_at id",
            columns="site tenant meter l1_a l2_a l3_a watts measured_at received_at id",
            rows={SiteMeterReported: {"l1_a": _line("L1"), "l2_a": _line("L2"), "l3_a": _line("L3")}},
        ),
        table(
            "site_needs",
            key="site station evse",
            columns="site station evse transaction_id energy_wh departure_at source stated_by at id",
            rows={NeedStated: {}},
        ),
    ),
    # what is observed of EVSEs is in their readings and sessions, outcomes are in those of commands, and trees are reference data
    kept_elsewhere=frozenset({EvseObserved, LimitAnswered, SiteChangedByOperator}),
)
