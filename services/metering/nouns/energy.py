"""Energy in ClickHouse: readings of the meters of sites, and what drivers need. PURE."""

from schemas.energy import SITE_FACTS, EvseObserved, LimitAnswered, NeedStated, SiteChangedByOperator, SiteMeterReported
from schemas.sitetrees import Line
from services.metering.cells import Cell, exact
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun, table


def _line(line: Line) -> Cell:
    """The current on a line; None where the record does not say."""

    def cell(record: SiteMeterReported) -> str | None:
        return exact(record.amps[line]) if line in record.amps else None

    return cell


NOUN = MeteringNoun(
    topics={FACTS: (SITE_FACTS,)},
    tables=(
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
