"""What the two services count: updates by state, the time of each, campaigns by status."""

from typing import Any

from msgspec.structs import replace
from prometheus_client import REGISTRY

from schemas.base import Record
from schemas.campaigns import CampaignBlockFrozen, Limits
from schemas.commands import CommandSettled
from schemas.firmware import UpdateChanged, UpdateState
from services.firmware import app
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings
from tests.services.firmware.records import NEW, POLICY, STATION, Update, at, known, name_of, ordered, requested

UPDATES = "voltbus_services_firmware_updates_total"
SECONDS = "voltbus_services_firmware_update_seconds"
CAMPAIGNS = "voltbus_services_firmware_campaigns_total"


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def apply(service: Service[Any], key: str, *records: Record) -> None:
    state = service.initial(key)
    for record in records:
        state, _ = service.step(state, record)


def test_updates_are_counted_by_state_and_timed_from_their_first_turn() -> None:
    names = (UPDATES, f"{SECONDS}_count", f"{SECONDS}_sum")
    before = [counted(name, state="succeeded") for name in names]
    (command,) = Update(known(), ordered(10)).commands

    apply(
        app.service(Settings()),
        STATION,
        known(),
        ordered(10, policy=replace(POLICY, healthy_for_s=0)),
        CommandSettled(id="s", command_id=command.id, station=STATION, outcome="accepted", settled_at=at(11)),
        known(70, version=NEW, boots=70),
    )

    after = [counted(name, state="succeeded") for name in names]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 60]


def test_a_campaign_that_halts_is_counted_once() -> None:
    before = {status: counted(CAMPAIGNS, status=status) for status in ("running", "halted")}
    failed = UpdateChanged(
        id="u",
        campaign="c1",
        station=name_of(0),
        number=0,
        revision=1,
        state=UpdateState.INSTALLATION_FAILED,
        changed_at=at(60),
    )

    apply(
        app.campaigns(Settings()),
        "c1",
        requested(2, limits=Limits(max_failures=0)),
        CampaignBlockFrozen(id="b", key="c1", block=0, sites=(0, 1), zones=(0, 0), frozen_at=at(1)),
        failed,
        failed,
    )

    assert {status: counted(CAMPAIGNS, status=status) - was for status, was in before.items()} == {
        "running": 1,
        "halted": 1,
    }
