"""A firmware campaign on the running product: canary, gate, waves, finish, over stations of three versions."""

import uuid

import pytest

from tests.integration.campaigns import begun, finished, rows
from tests.integration.product import Product, eventually
from tests.integration.wallboxes import NEW, OLD, SUBPROTOCOLS, Manner, alive, wallboxes

pytestmark = pytest.mark.asyncio(loop_scope="package")

STATIONS = 45
MANNERS: tuple[Manner, ...] = (
    *("speaks", "stammers", "mute"),
    *("speaks", "speaks", "fails"),
    *("speaks", "mute", "stammers"),
)
POLICY = {"attempts": 1, "healthy_for_s": 1, "quiet_s": 60, "deadline_s": 600}


@pytest.mark.usecase("L02", "1.6:5.19", "1.6:4.5")
async def test_a_campaign_goes_from_its_canary_to_its_end_over_three_versions(product: Product) -> None:
    stations = wallboxes(STATIONS, prefix=f"FW-{uuid.uuid4().hex[:6]}", manners=MANNERS)
    async with alive(stations, product.url), product.api() as api:
        url = await begun(
            api,
            stations,
            waves=[{"stations": 5}, {"percent": 40}],
            gate={"success_share": 0.2},
            limits={"max_at_once": 12},
            policy=POLICY,
        )
        campaign = await eventually(lambda: finished(api, url), within_s=90, every_s=0.3)
        updates = await rows(api, url, campaign["counts"])

    failing = sum(station.manner == "fails" for station in stations)
    assert campaign["counts"] == {"succeeded": STATIONS - failing, "installation-failed": failing}
    assert [(wave["first"], wave["end"]) for wave in campaign["waves"]] == [(0, 5), (5, 23), (23, 45)]
    assert [verdict["passed"] for verdict in campaign["verdicts"]] == [True, True, True]
    assert {station.name: len(station.updates) for station in stations} == {row["station"]: 1 for row in updates}
    ran = {(station.version, station.firmware) for station in stations}
    assert {(version, NEW) for version in SUBPROTOCOLS} <= ran <= {(v, f) for v in SUBPROTOCOLS for f in (OLD, NEW)}


async def test_a_station_in_two_campaigns_is_updated_by_the_first_and_left_out_of_the_second(product: Product) -> None:
    stations = wallboxes(3, prefix=f"FW-{uuid.uuid4().hex[:6]}", manners=("speaks",))
    names = [station.name for station in stations]
    async with alive(stations, product.url), product.api() as api:
        url = await begun(api, stations, waves=[{"stations": 1}], gate={"approval": "operator"}, policy=POLICY)
        firmware = {"version": "3.0.0", "location": "https://example.com/k1-3.0.0.bin"}
        body = {"name": "summer", "firmware": firmware, "targets": {"stations": names}}

        async def left_out() -> list[str]:
            draft = (await api.post("/firmware-campaigns", params={"dry_run": True}, json=body)).json()
            reasons = {one["reason"] for one in draft["excluded"]}
            return [one["station"] for one in draft["included"]] if reasons and len(draft["excluded"]) == 2 else []

        (free,) = await eventually(left_out, within_s=30, every_s=0.3)
        refused = await api.post(
            "/firmware-campaigns", json=body | {"targets": {"stations": sorted({*names} - {free})}}
        )
        await api.post(f"{url}/cancel")

        async def cancelled() -> bool:
            return bool((await api.get(url)).json()["status"] == "cancelled")

        await eventually(cancelled)

    assert refused.status_code == 422
    assert "the campaign spring" in refused.text
    assert [len(station.updates) for station in stations if station.name == free] == [1]
