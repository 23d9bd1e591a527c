"""Where stations are in the trees of sites."""

from decimal import Decimal

from schemas.energy import REF_SITES, SiteRemoved
from schemas.sitetrees import SiteMeter
from services.energy.sensing.places import NOWHERE, Places
from tests.services.energy.sensing.records import SITE, STATION, outlet, provisioned, tree
from tests.services.moments import at


class Held(dict):
    changes = 0


def test_each_evse_has_its_phases_and_its_voltage() -> None:
    whole = tree(outlet(1, "L2"), outlet(2, "L1", "L2", delta=True), outlet(3, dc=True), outlet(4))
    here = Places()(STATION, {REF_SITES.name: {SITE: provisioned(whole)}})

    assert [(spot.evse, spot.phases) for spot in here.spots] == [(1, 1), (2, 1), (3, 3), (4, 3)]
    assert round(here.spots[1].volts) == Decimal(398)


def test_a_change_of_a_tree_is_another_place_and_one_that_does_not_concern_it_is_not() -> None:
    sites, places = Held({SITE: provisioned(tree())}), Places()
    references = {REF_SITES.name: sites}
    first = places(STATION, references).digest
    sites["other"] = provisioned(tree(outlet(station="other")), "other")
    sites.changes += 1
    assert places(STATION, references).digest == first
    sites[SITE] = provisioned(tree(meters=(SiteMeter(meter="m", node="grid", station=STATION),)))
    sites.changes += 1
    assert places(STATION, references).digest not in ("", first)
    sites[SITE] = SiteRemoved(site=SITE, removed_at=at(0))
    sites.changes += 1
    assert places(STATION, references) == NOWHERE
