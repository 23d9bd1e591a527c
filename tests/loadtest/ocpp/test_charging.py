"""Charging profiles of simulated stations: kept, reported, cleared, and made one schedule."""

from typing import Any

import msgspec
import pytest

from loadtest.ocpp.intents import BayView, DropProfiles, KeepProfile, Reply, Say, View, reply
from loadtest.ocpp.versions import VERSIONS


def profile(number: int = 7, limit: float = 7_000, **changes: Any) -> dict[str, Any]:
    schedule = {"id": 1, "chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    told = {
        "id": number,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
    }
    return told | {"chargingSchedule": [schedule]} | changes


def view(*kept: KeepProfile) -> View:
    bay = BayView(evse=1, state="Charging", transaction_id="t1", free=False)
    return View(vendor="V", bays=(bay,), settings={}, profiles={one.profile_id: one for one in kept})


def kept(number: int = 7, evse: int = 1, **changes: Any) -> KeepProfile:
    return KeepProfile(profile_id=number, evse=evse, profile=profile(number, **changes))


def asked(action: str, payload: dict[str, Any], *there: KeepProfile, version: Any = "2.1") -> Reply:
    answer = reply(VERSIONS[version], view(*there), action, msgspec.json.encode(payload))
    assert isinstance(answer, Reply), answer
    return answer


def test_a_profile_is_kept_and_limits_its_evse() -> None:
    answer = asked("SetChargingProfile", {"evseId": 1, "chargingProfile": profile(limit=5_000)})

    assert answer.payload == {"status": "Accepted"}
    assert answer.intents == (kept(limit=5_000),)


def test_a_profile_is_cleared_by_its_number() -> None:
    there = (kept(), kept(8, 0, limit=3_000))

    answer = asked("ClearChargingProfile", {"chargingProfileId": 8}, *there)

    assert answer.intents == (DropProfiles(profile_ids=(8,)),)


def test_what_is_not_there_is_unknown() -> None:
    assert asked("ClearChargingProfile", {"chargingProfileId": 8}, kept()).payload == {"status": "Unknown"}
    assert asked("ClearChargingProfile", {"id": 8}, kept(), version="1.6").payload == {"status": "Unknown"}


def test_in_1_6_one_of_the_same_place_is_replaced() -> None:
    told = profile(8, chargingSchedule=profile()["chargingSchedule"][0]) | {"chargingProfileId": 8}

    answer = asked("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": told}, kept(), version="1.6")

    assert DropProfiles(profile_ids=(7,)) in answer.intents


@pytest.mark.parametrize(("transaction", "word"), [("t1", "Accepted"), ("t2", "Rejected")])
def test_a_tx_profile_needs_its_transaction(transaction: str, word: str) -> None:
    told = profile(chargingProfilePurpose="TxProfile", transactionId=transaction)

    assert asked("SetChargingProfile", {"evseId": 1, "chargingProfile": told}).payload == {"status": word}


def test_profiles_are_reported_by_evse_and_the_last_part_says_so() -> None:
    answer = asked("GetChargingProfiles", {"requestId": 3, "chargingProfile": {}}, kept(), kept(8, 0))

    (say,) = answer.intents
    assert isinstance(say, Say)
    assert [(each.payload["evseId"], each.payload["tbc"]) for each in say.messages] == [(0, True), (1, False)]
    assert asked("GetChargingProfiles", {"requestId": 3, "chargingProfile": {}}).payload == {"status": "NoProfiles"}


def test_the_composite_schedule_is_the_least_of_all() -> None:
    later = {"startPeriod": 60, "limit": 1_000}
    schedule = profile()["chargingSchedule"][0]
    changing = kept(
        chargingSchedule=[schedule | {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9_000}, later]}]
    )
    there = (changing, kept(8, 0, limit=8_000, chargingProfilePurpose="ChargingStationMaxProfile"))

    told = asked("GetCompositeSchedule", {"evseId": 1, "duration": 600}, *there).payload["schedule"]
    old = asked("GetCompositeSchedule", {"connectorId": 1, "duration": 600}, *there, version="1.6").payload

    periods = [{"startPeriod": 0, "limit": 8_000.0}, {"startPeriod": 60, "limit": 1_000.0}]
    assert told["chargingSchedulePeriod"] == periods  # type: ignore[index]
    assert old["chargingSchedule"]["chargingSchedulePeriod"] == periods  # type: ignore[index]


def test_priority_charging_needs_a_profile_for_it() -> None:
    on = {"transactionId": "t1", "activate": True}

    assert asked("UsePriorityCharging", on).payload == {"status": "NoProfile"}
    answer = asked("UsePriorityCharging", on, kept(chargingProfilePurpose="PriorityCharging"))
    assert answer.payload == {"status": "Accepted"}
    assert isinstance(answer.intents[0], Say)


def test_a_dynamic_profile_takes_updates() -> None:
    update = {"chargingProfileId": 7, "scheduleUpdate": {"limit": 500}}

    assert asked("UpdateDynamicSchedule", update, kept()).payload == {"status": "Rejected"}
    answer = asked("UpdateDynamicSchedule", update, kept(chargingProfileKind="Dynamic"))
    (changed,) = answer.intents
    assert isinstance(changed, KeepProfile)
    assert changed.profile["chargingSchedule"][0]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 500}]  # type: ignore[index]


def test_signals_and_transfers_are_answered() -> None:
    assert asked("AFRRSignal", {"timestamp": "2026-01-01T00:00:00Z", "signal": 1}).payload == {"status": "Rejected"}
    told = {"transactionId": "t1", "allowedEnergyTransfer": ["DC"]}
    assert asked("NotifyAllowedEnergyTransfer", told).payload == {"status": "Accepted"}
