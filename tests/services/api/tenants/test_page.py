"""The console's page of tenants: what each uses, and the form for who may set quotas."""

import pytest

from schemas.authorization import TokenProvisioned
from schemas.stations import StationProvisioned
from schemas.tenants import REF_TENANTS, Quotas, TenantProvisioned
from services.api.fakes import NOON, World
from services.api.stations.views import station_row
from tests.services.api.builders import a_state
from tests.services.api.operators.given import signed_in


@pytest.fixture(autouse=True)
def known(world: World) -> None:
    quotas = Quotas(stations=5, requests_per_s=2.5)
    world.bus.hold(TenantProvisioned(tenant="acme", title="Acme & Sons", quotas=quotas, provisioned_at=NOON))
    world.bus.hold(StationProvisioned(station="A", tenant="acme", provisioned_at=NOON))
    world.bus.hold(StationProvisioned(station="B", tenant="umbrella", provisioned_at=NOON))


async def test_the_deployment_sees_all_and_sets_quotas(world: World) -> None:
    admin = await signed_in(world, "ann", "admin")

    page = (await admin.get("/tenants?tenant=acme")).text
    saved = await admin.post(
        "/tenants", data={"tenant": "umbrella", "stations": "7", "requests_per_s": "", "title": "U"}
    )

    assert "Acme &amp; Sons" in page
    assert "umbrella" in page
    assert 'value="2.5"' in page
    assert saved.status_code in (200, 303)
    record = world.bus.get(REF_TENANTS, "umbrella")
    assert isinstance(record, TenantProvisioned)
    assert record.quotas == Quotas(stations=7)
    for wrong in ("nan", "many"):
        refused = await admin.post("/tenants", data={"tenant": "umbrella", "requests_per_s": wrong})
        assert refused.status_code == 422
    await admin.post("/tenants/remove", data={"tenant": "umbrella"})
    assert not isinstance(world.bus.get(REF_TENANTS, "umbrella"), TenantProvisioned)


async def test_whose_things_are_is_shown_where_there_are_tenants(world: World) -> None:
    world.bus.hold(TokenProvisioned(token="CARD", tenant="acme", provisioned_at=NOON))
    world.reads.station_rows["A"] = station_row(a_state(station="A", tenant="acme"))
    admin = await signed_in(world, "ann", "admin")
    own = await signed_in(world, "bob", "admin", scope={"tenants": ["acme"]})

    stations = (await admin.get("/stations?tenant=acme")).text

    assert 'name="tenant"' in stations
    assert "tenant acme" in stations
    assert "tenant acme" in (await admin.get("/tokens")).text
    assert "What you see belongs to this tenant" in (await own.get("/tokens")).text
    assert "What you see belongs to this tenant" not in stations
    assert world.reads.asked["stations"][0].tenant == "acme"


async def test_a_tenant_sees_its_own_without_a_form(world: World) -> None:
    own = await signed_in(world, "bob", "admin", scope={"tenants": ["acme"]})

    page = (await own.get("/tenants")).text

    assert "Acme &amp; Sons" in page
    assert "umbrella" not in page
    assert "Save quotas" not in page
    assert (await own.post("/tenants", data={"tenant": "acme"})).status_code == 403
