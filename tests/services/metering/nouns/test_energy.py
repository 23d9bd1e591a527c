"""The rows of sites: readings of meters by line, and what drivers need."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.base import Poison
from schemas.energy import EvseLoad, NeedStated, NodeLoad, SiteLoadChanged, SiteMeterReported
from schemas.examples import example
from tests.services.metering.rowsof import row_of, rows_of, table_of


def test_a_reading_has_its_lines_and_says_nothing_of_others() -> None:
    record = replace(example(SiteMeterReported), amps={"L1": Decimal("41.5"), "L3": Decimal(-2)}, watts=None)

    row = row_of(record, "site_meter_readings")

    assert (row["l1_a"], row["l2_a"], row["l3_a"], row["watts"]) == ("41.5000", None, "-2.0000", None)
    assert (row["site"], row["tenant"], row["meter"]) == (record.site, record.tenant, record.meter)


def test_a_need_is_the_row_of_its_evse() -> None:
    record = example(NeedStated)

    row = row_of(record, "site_needs")

    assert (row["site"], row["station"], row["evse"], row["source"]) == (
        record.site,
        record.station,
        record.evse,
        record.source,
    )


def test_each_node_that_is_no_evse_is_a_row_of_a_change() -> None:
    node = NodeLoad(node="grid", load_a={"L2": Decimal("7.5")}, limit_a={"L1": Decimal(63)}, load_w=Decimal(900))
    evse = EvseLoad(node="e1", station="S", evse=1, standing="idle")
    one = replace(example(SiteLoadChanged), nodes=(node, NodeLoad(node="e1")), evses=(evse,))
    two = replace(one, nodes=(node, replace(node, node="panel", exceeded=True)), revision=9)

    rows = table_of("site_node_loads", one, two)

    assert [(row["node"], row["revision"], row["exceeded"]) for row in rows] == [
        ("grid", one.revision, False),
        ("grid", 9, False),
        ("panel", 9, True),
    ]
    assert (rows[0]["l1_a"], rows[0]["l2_a"], rows[0]["limit_l1_a"], rows[0]["load_w"]) == (None, 7.5, 63.0, 900.0)


def test_changes_without_nodes_have_no_rows() -> None:
    assert rows_of(replace(example(SiteLoadChanged), nodes=(), evses=())).get("site_node_loads", []) == []


def test_a_load_that_is_no_number_is_put_aside() -> None:
    bad = replace(example(SiteLoadChanged), nodes=(NodeLoad(node="n", load_w=Decimal("NaN")),), evses=())

    with pytest.raises(Poison):
        table_of("site_node_loads", bad)
