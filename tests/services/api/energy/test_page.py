"""The pages of sites: the list with what is free, a site's tree with its load, alerts and history; right while nothing is known, too."""

from datetime import timedelta
from decimal import Decimal

from httpx import AsyncClient

from schemas.operators import ApiKeyCreated, Scope
from services.api.energy.loadrows import LoadHistory, LoadPoint, MeterNow, alert_of, load_of
from services.api.energy.page import chart_of
from services.api.fakes import NOON, World
from services.api.web.principals import digest_of
from tests.schemas.sites import a_tree
from tests.services.api.apps import app_of
from tests.services.api.conftest import client_of
from tests.services.api.energy.sites import a_load, a_node_load, a_site, an_alert, an_evse_load, with_stations


async def test_the_list_says_what_flows_and_what_is_free(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site(tree=a_tree(label="Garage")))
    world.bus.hold(a_site("rome"))
    world.reads.load_rows["berlin"] = load_of(a_load(exceeded=True))

    text = (await browser.get("/sites")).text

    assert "40 A of 63 A, 23 free" in text
    assert "Limit exceeded" in text
    assert text.count("No load known yet.") == 1
    assert 'href="/sites/berlin"' in text


async def test_a_site_of_which_nothing_is_known_shows_its_tree_and_says_so(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())

    answer = await browser.get("/sites/berlin")

    assert answer.status_code == 200
    assert "No load known yet" in answer.text
    assert "63 A" in answer.text
    assert 'id="node-evse-2"' in answer.text
    assert "Nothing needs a person." in answer.text
    assert "no reading in the last hour" in answer.text


async def test_a_site_shows_each_node_each_evse_and_why(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())
    evse = an_evse_load(standing="disobeys", detail="draws 20 A, was told 16 A", learnt=True)
    node = a_node_load(load_a={"L1": Decimal(70)}, exceeded=True)
    world.reads.load_rows["berlin"] = load_of(a_load(nodes=(node,), evses=(evse,)))
    world.reads.alert_rows["a"] = alert_of(an_alert(detail="<b>70 A</b>"))
    world.reads.meter_rows.append(
        MeterNow(
            site="berlin",
            tenant="default",
            meter="building",
            l1_a=Decimal("41.5"),
            l2_a=None,
            l3_a=None,
            watts=None,
            measured_at=NOON,
        )
    )

    text = (await browser.get("/sites/berlin")).text

    for said in ("70 A of 63 A, 7 too much", "draws 20 A, was told 16 A", "learnt", "L1 41.5 A", "&lt;b&gt;70 A"):
        assert said in text, said
    assert "/api/v1/events?kinds=site-alert,site-load&amp;site=berlin" in text


async def test_a_site_that_has_no_tree_or_is_anothers_is_not_found(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_site())
    assert (await browser.get("/sites/rome")).status_code == 404
    world.bus.hold(
        ApiKeyCreated(key="k", digest=digest_of("s"), roles=("energy",), scope=Scope(sites=("rome",)), created_at=NOON)
    )
    async with client_of(app_of(world.ports(), console=True), headers={"Authorization": "Bearer vbk_k_s"}) as other:
        assert (await other.get("/sites/berlin")).status_code == 404
        assert "berlin" not in (await other.get("/sites")).text


async def test_a_part_away_leaves_the_others(browser: AsyncClient, world: World) -> None:
    with_stations(world)
    world.bus.hold(a_site())
    world.reads.away = True

    answer = await browser.get("/sites/berlin")

    assert answer.status_code == 503
    assert "Edit the tree" in answer.text


def test_a_node_over_time_is_drawn_by_line_beside_its_limit() -> None:
    points = tuple(
        LoadPoint(
            at=NOON + timedelta(minutes=minute),
            load_a={"L1": 10.0 + minute},
            told_a={},
            limit_a={"L1": 63.0, "L2": 50.0} if minute else {},
            load_w=None,
            limit_w=None,
            exceeded=False,
        )
        for minute in range(3)
    )

    chart = chart_of(LoadHistory(site="berlin", node="garage", step_s=60, points=points), "1h")

    assert [(curve.label, curve.values) for curve in chart.curves] == [
        ("L1", (10.0, 11.0, 12.0)),
        ("Limit", (50.0, 50.0)),
    ]
    assert chart.summary == "garage in the last 1h: at most 12.0 A on a line."
    empty = chart_of(LoadHistory(site="berlin", node="garage", step_s=60, points=()), "1h")
    assert (empty.empty, empty.summary) == (True, "Nothing was measured at garage in the last 1h.")
