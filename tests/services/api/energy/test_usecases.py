"""What may be a site, and which stations its tree may name."""

import pytest

from services.api.energy.rows import ProvisionSite
from services.api.energy.usecases import save_site
from services.api.fakes import World
from services.api.web.problems import Problem
from tests.schemas.sites import a_tree
from tests.services.api.energy.sites import with_stations


def given(**override: object) -> ProvisionSite:
    return ProvisionSite(nodes=a_tree().nodes, **override)  # type: ignore[arg-type]


@pytest.mark.parametrize("site", ["", " berlin", "a/b", "x" * 101, "a\nb"])
async def test_what_no_site_can_be_called_is_refused(world: World, site: str) -> None:
    with_stations(world)
    with pytest.raises(Problem) as refused:
        await save_site(world.ports(), site, given())

    assert refused.value.errors[0].field == "site"


async def test_a_station_of_another_tenant_is_in_no_tree_of_this_one(world: World) -> None:
    with_stations(world, tenant="umbrella")
    with pytest.raises(Problem) as refused:
        await save_site(world.ports(), "berlin", given(tenant="acme"))

    assert [each.field for each in refused.value.errors] == ["nodes[2].outlet.station", "nodes[3].outlet.station"]
    assert (await save_site(world.ports(), "berlin", given(tenant="umbrella"))).tenant == "umbrella"


async def test_the_tenant_of_a_site_stays_where_none_is_named(world: World) -> None:
    with_stations(world, tenant="acme")
    await save_site(world.ports(), "berlin", given(tenant="acme"))

    assert (await save_site(world.ports(), "berlin", given(label="x"))).tenant == "acme"
