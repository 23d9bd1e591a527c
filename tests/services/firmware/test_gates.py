"""Gates: the verdict on a wave."""

from typing import Any

from schemas.campaigns import Campaign, Gate
from schemas.firmware import UpdateState
from services.firmware.gates import drop_verdict, judge, open_gate, sentence, waves_of, with_verdict
from tests.services.firmware.records import at, requested
from tests.services.firmware.test_blocks import made

S = UpdateState


def campaign(stations: int, **changes: Any) -> Campaign:
    return Campaign(plan=requested(stations, **changes), status="running", changed_at=at(0))


def test_a_wave_passes_with_enough_successes() -> None:
    verdict = judge(made(S.SUCCEEDED, S.SUCCEEDED), campaign(2), at(1))

    assert verdict is not None
    assert (verdict.passed, sentence(verdict)) == (True, "wave 1: 2 of 2 succeeded")


def test_too_many_failures_or_unhealthy_stations_stop_it() -> None:
    failed = judge(made(S.SUCCEEDED, S.REJECTED), campaign(2), at(1))
    unhealthy = judge(made(S.SUCCEEDED, S.UNHEALTHY), campaign(2, gate=Gate(success_share=0.1)), at(1))

    assert failed is not None
    assert unhealthy is not None
    assert (failed.passed, unhealthy.passed) == (False, False)
    assert "50.0% succeeded" in failed.reason
    assert "1 offline or faulted" in unhealthy.reason


def test_without_evidence_the_gate_waits_for_stations_that_are_away() -> None:
    assert judge(made(S.OFFLINE, S.OFFLINE), campaign(2), at(1)) is None
    gone = judge(made(S.UNREACHABLE, S.UNREACHABLE), campaign(2), at(1))

    assert gone is not None
    assert not gone.passed


def test_an_untried_wave_passes_on_the_evidence_of_those_before() -> None:
    plan = campaign(2, wave_ends=(1, 2))
    second = Campaign(plan=plan.plan, status="running", wave=1, changed_at=at(0))
    verdict = judge(made(S.SUCCEEDED, S.UNREACHABLE), second, at(1))

    assert waves_of(plan.plan) == [(0, 1), (1, 2)]
    assert verdict is not None
    assert verdict.passed
    assert "1 before it succeeded" in verdict.reason


def test_an_operator_opens_only_a_gate_that_has_a_verdict() -> None:
    verdict = judge(made(S.REJECTED), campaign(1), at(1))
    assert verdict is not None
    judged = with_verdict(campaign(1), verdict)

    assert open_gate(campaign(1)).opened == 0
    assert open_gate(judged).opened == 1
    assert drop_verdict(judged).verdicts == ()
