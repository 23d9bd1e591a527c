"""Publishing: what changes the course of a campaign is said at once, mere counts at most once a second."""

from typing import Any

from msgspec.structs import replace

from schemas.campaigns import Campaign, CampaignChanged, CampaignState
from services.firmware.publishing import PUBLISH_EVERY, publish
from tests.services.firmware.records import at, requested

PLAN = requested(2)


def running(**changes: Any) -> CampaignState:
    members: dict[str, Any] = {"status": "running", "revision": 4, "told_at": at(0), "changed_at": at(0)}
    return CampaignState(key="c1", campaign=Campaign(plan=PLAN, **members | changes))


def changed(state: CampaignState, **changes: Any) -> CampaignState:
    assert state.campaign is not None
    return replace(state, campaign=replace(state.campaign, untold=True, **changes))


def told(outputs: list[Any]) -> list[tuple[int, str]]:
    return [(each.revision, each.status) for each in outputs if isinstance(each, CampaignChanged)]


def test_a_change_of_its_course_is_published_at_once_as_the_next_revision() -> None:
    before = running()

    state, outputs = publish(before, changed(before, status="paused"), at(0.1), wake_at=None)

    assert told(outputs) == [(5, "paused")]
    assert state.campaign is not None
    assert (state.campaign.untold, state.campaign.told_at) == (False, at(0.1))


def test_other_counts_wait_until_a_second_has_passed_and_the_campaign_wakes_for_them() -> None:
    before = running()

    waiting, nothing = publish(before, changed(before), at(0.1), wake_at=at(60))
    assert nothing == []
    assert waiting.campaign is not None
    assert waiting.campaign.wake_at == at(0) + PUBLISH_EVERY

    _, outputs = publish(waiting, waiting, at(0) + PUBLISH_EVERY, wake_at=at(60))
    assert told(outputs) == [(5, "running")]


def test_where_nothing_changed_nothing_is_said_and_the_same_state_stays() -> None:
    before = running(wake_at=at(60))

    assert publish(before, before, at(5), wake_at=at(60)) == (before, [])


def test_a_scheduled_campaign_wakes_when_it_is_to_begin() -> None:
    plan = replace(PLAN, start_at=at(30))
    state = CampaignState(key="c1", campaign=Campaign(plan=plan, status="scheduled", untold=True, changed_at=at(0)))

    after, outputs = publish(CampaignState(key="c1"), state, at(0), wake_at=None)

    assert told(outputs) == [(1, "scheduled")]
    assert after.campaign is not None
    assert after.campaign.wake_at == at(30)
