"""Interventions of operators count once, and only where they fit the status of the campaign."""

import pytest
from msgspec.structs import replace

from schemas.campaigns import Campaign, CampaignState, CampaignStatus, StationsExtended, StationsWithdrawn
from schemas.firmware import UpdateState
from services.firmware.steering import steer
from tests.services.firmware.records import requested, steered
from tests.services.firmware.test_blocks import made
from tests.services.moments import at

S = UpdateState


def campaign(status: CampaignStatus, *states: UpdateState) -> CampaignState:
    plan = requested(len(states))
    running = Campaign(plan=plan, status=status, started_at=at(0), changed_at=at(0))
    return CampaignState(key=plan.key, campaign=running, blocks=made(*states))


def status_after(state: CampaignState, action: str) -> str:
    after, _ = steer(state, steered(action, 5))
    assert after.campaign is not None
    return after.campaign.status


@pytest.mark.parametrize(
    ("status", "action", "expected"),
    [
        ("running", "pause", "paused"),
        ("paused", "resume", "running"),
        ("halted", "resume", "running"),
        ("running", "cancel", "cancelling"),
        ("finished", "pause", "finished"),
        ("cancelled", "resume", "cancelled"),
    ],
)
def test_an_intervention_fits_the_status_or_changes_nothing(status: CampaignStatus, action: str, expected: str) -> None:
    assert status_after(campaign(status, S.PENDING), action) == expected


def test_a_repeated_intervention_changes_nothing() -> None:
    state, _ = steer(campaign("running", S.PENDING), steered("pause", 5))

    assert steer(state, steered("pause", 5)) == (state, [])


def test_cancelling_withdraws_the_stations_that_have_not_ended() -> None:
    (withdrawn,) = steer(campaign("running", S.SUCCEEDED, S.SENT, S.PENDING), steered("cancel", 5))[1]

    assert isinstance(withdrawn, StationsWithdrawn)
    assert [turn.number for turn in withdrawn.turns] == [1, 2]


def test_a_retry_gives_failed_and_missed_stations_another_turn() -> None:
    state, _ = steer(campaign("finished", S.SUCCEEDED, S.REJECTED, S.UNREACHABLE), steered("retry", 5))

    assert state.blocks == made(S.SUCCEEDED, S.READY, S.READY)
    assert state.campaign is not None
    assert state.campaign.status == "running"


def test_resuming_forgives_the_failures_so_far() -> None:
    state, _ = steer(campaign("halted", S.REJECTED, S.PENDING), steered("resume", 5))

    assert state.campaign is not None
    assert state.campaign.forgiven == 1


def test_another_deadline_goes_to_every_block_and_another_limit_to_none() -> None:
    state = campaign("running", S.PENDING)
    (extended,) = steer(state, steered("extend", 5, deadline_s=99))[1]
    limited, outputs = steer(state, steered("extend", 5, max_at_once=7))

    assert isinstance(extended, StationsExtended)
    assert extended.deadline_s == 99
    assert outputs == []
    assert limited.campaign is not None
    assert limited.campaign.plan.limits == replace(state.campaign.plan.limits, max_at_once=7)  # type: ignore[union-attr]
