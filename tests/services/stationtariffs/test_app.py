"""The wiring of `stationtariffs`: assignments decide what is due, commands leave after the state, and it is off unless sites are named."""

import msgspec
import pytest

from schemas.base import Due
from schemas.commands import CommandRequested
from schemas.hosting import HostState
from schemas.stationtariffs import GetTariffs
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.stationtariffs.stations import STATION, references, station, tariff

GIVEN = references({"a": tariff("a")}, site="a")


def part_of(sites: str):
    worker = service_of(WORKER_OF["stationtariffs"], ServicesSettings(default_tariff_sites=sites))
    (part,) = (part for part in worker.parts if part.name == "stationtariffs")
    assert {REF_TARIFFS, REF_TARIFF_ASSIGNMENTS} <= {*worker.references} & {*worker.due_by}
    assert CommandRequested in part.acts
    return part


@pytest.mark.parametrize("sites", ["berlin", " oslo , berlin", "*"])
def test_a_station_of_a_named_site_is_asked_for_its_tariffs(sites) -> None:
    part = part_of(sites)
    state, _ = part.step(HostState(key=STATION), station(), references=GIVEN)
    moment = part.due(state, references=GIVEN)
    assert moment == station().changed_at

    _, outputs = part.step(state, Due(key=STATION, at=moment, sent_at=moment), references=GIVEN)

    assert [each.command for each in outputs if isinstance(each, CommandRequested)] == [GetTariffs()]


def test_it_is_off_unless_configured() -> None:
    part = part_of("")
    state, outputs = part.step(HostState(key=STATION), station(), references=GIVEN)

    assert (part.due(state, references=GIVEN), outputs) == (None, [])
    assert msgspec.json.encode(state)
