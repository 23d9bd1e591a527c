"""The wiring of `demandresponse`: events are held whole, commands leave after the state, what happens is counted."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from schemas.commands import CommandRequested
from schemas.demandresponse import DEMAND_EVENTS
from schemas.settings import BadSetting
from services.demandresponse.app import counted
from services.demandresponse.core import step
from services.nouns import WORKER_OF, ServicesSettings, build
from tests.services.demandresponse.stations import RULES, There, ordered

SERVICE = build("demandresponse", ServicesSettings())


def test_events_are_held_whole_and_commands_leave_after_the_state() -> None:
    assert DEMAND_EVENTS in SERVICE.references
    assert DEMAND_EVENTS in SERVICE.due_by
    assert CommandRequested in SERVICE.acts


def test_limits_wait_for_no_other_service() -> None:
    assert (WORKER_OF["demandresponse"], WORKER_OF["demandevents"]) == ("demandresponse", "demandevents")


def test_the_settings_reach_the_step() -> None:
    service, there = build("demandresponse", ServicesSettings(demand_response_stack_level=4)), There()
    there.connects()
    _, outputs = service.step(there.state, ordered(), references=there.references)
    (request,) = (each for each in outputs if isinstance(each, CommandRequested))

    assert request.command.profile.stack_level == 4  # type: ignore[union-attr]


def test_what_is_said_of_stations_is_counted() -> None:
    def count() -> float:
        name = "voltbus_services_demand_response_stations_total"
        return REGISTRY.get_sample_value(name, {"status": "unreachable"}) or 0

    before = count()
    counted(step)(There().state, ordered(), references={}, rules=RULES)

    assert count() == before + 1


async def test_without_a_vtn_the_openadr_worker_waits_for_the_end() -> None:
    (worker,) = build("openadr", ServicesSettings())
    stop = asyncio.Event()
    stop.set()
    await worker.run(stop)

    assert worker.not_ready() == []


def test_a_vtn_needs_its_credentials_and_a_key_of_the_api(tmp_path: Path) -> None:
    for missing in ("openadr_client_id", "openadr_client_secret_file", "openadr_api_key_file"):
        given = {"openadr_client_id": "v", "openadr_client_secret_file": "s", "openadr_api_key_file": "k"} | {
            missing: ""
        }
        with pytest.raises(BadSetting, match=missing):
            build("openadr", ServicesSettings(openadr_vtn_url="http://vtn", **given))
    with pytest.raises(BadSetting, match="cannot be read"):
        build(
            "openadr",
            ServicesSettings(openadr_vtn_url="http://vtn", **{name: str(tmp_path / "none") for name in given}),
        )
