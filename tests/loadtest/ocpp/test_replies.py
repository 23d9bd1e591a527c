"""What simulated stations answer alike in every version: the word, and what is then done."""

from datetime import UTC, datetime
from typing import Any

import pytest

from loadtest.ocpp.intents import (
    BayView,
    CancelReservation,
    InstallFirmware,
    Reply,
    Reserve,
    SetAvailability,
    StartCharging,
    StopCharging,
    Tell,
    UploadLog,
    View,
)
from loadtest.ocpp.replies import (
    available,
    cancelled,
    echoed,
    installed,
    reserved,
    started,
    stopped,
    tell,
    uploaded,
)

UNTIL = datetime(2026, 6, 1, 12, tzinfo=UTC)
FREE = BayView(evse=1, state="Available", transaction_id=None, free=True)
BUSY = BayView(evse=2, state="Charging", transaction_id="77", free=False)
KEPT = Reserve(evse=1, reservation_id=5, token="CARD", expires_at=UNTIL)


def view(*bays: BayView, **changes: Any) -> View:
    return View(vendor="Elbtal", bays=bays or (FREE, BUSY), settings={}, **changes)


def said(reply: Reply) -> tuple[Any, ...]:
    return (reply.payload["status"], *reply.intents)


def test_a_driver_is_let_in_where_there_is_room() -> None:
    assert said(started(view(), None, "CARD")) == (
        "Accepted",
        StartCharging(evse=1, token="CARD", remote_start_id=None),
    )
    assert said(started(view(), 2, "CARD")) == ("Rejected",)


def test_what_is_reserved_is_free_for_its_token_alone() -> None:
    kept = view(reserved={5: KEPT})

    assert said(started(kept, 1, "OTHER")) == ("Rejected",)
    assert said(started(kept, 1, "CARD"))[0] == "Accepted"


@pytest.mark.parametrize(
    ("bays", "evse", "word"),
    [
        ((FREE, BUSY), None, "Accepted"),
        ((BUSY,), None, "Occupied"),
        ((FREE, BUSY), 9, "Rejected"),
        ((BayView(evse=1, state="Faulted", transaction_id=None, free=False),), 1, "Faulted"),
        ((BayView(evse=1, state="Unavailable", transaction_id=None, free=False),), 1, "Unavailable"),
    ],
)
def test_an_evse_is_kept_where_one_is_free_else_the_word_says_why_not(
    bays: tuple[BayView, ...], evse: int | None, word: str
) -> None:
    assert said(reserved(view(*bays), evse, (7, "CARD", UNTIL)))[0] == word


def test_a_reservation_is_replaced_by_its_own_number_and_by_no_other() -> None:
    kept = view(FREE, reserved={5: KEPT})

    assert said(reserved(kept, 1, (5, "CARD", UNTIL))) == ("Accepted", KEPT)
    assert said(reserved(kept, 1, (6, "CARD", UNTIL))) == ("Occupied",)


def test_a_reservation_is_given_up_where_there_is_one() -> None:
    kept = view(reserved={5: KEPT})

    assert said(cancelled(kept, 5)) == ("Accepted", CancelReservation(reservation_id=5))
    assert said(cancelled(kept, 6)) == ("Rejected",)


def test_a_transaction_ends_where_it_runs_here() -> None:
    assert said(stopped(view(), "77")) == ("Accepted", StopCharging(evse=2, reason="Remote"))
    assert said(stopped(view(), "78")) == ("Rejected",)


@pytest.mark.parametrize(
    ("evse", "operative", "word"),
    [(0, False, "Scheduled"), (1, False, "Accepted"), (2, False, "Scheduled"), (2, True, "Accepted")],
)
def test_an_evse_goes_out_of_operation_once_nothing_runs_there(evse: int, operative: bool, word: str) -> None:
    assert said(available(view(), evse, operative=operative)) == (word, SetAvailability(evse=evse, operative=operative))
    assert said(available(view(), 9, operative=operative)) == ("Rejected",)


def test_a_message_is_told_of_an_evse_that_there_is() -> None:
    assert said(tell(view(), "MeterValues", 1)) == ("Accepted", Tell(what="MeterValues", evse=1))
    assert said(tell(view(), "MeterValues", 9)) == ("Rejected",)
    assert said(tell(view(), "FirmwareStatusNotification", None)) == ("NotImplemented",)


def test_data_of_its_own_vendor_comes_back() -> None:
    assert echoed(view(), "Elbtal", {"data": "x"}).payload == {"status": "Accepted", "data": "x"}
    assert echoed(view(), "Other", {"data": "x"}).payload == {"status": "UnknownVendorId"}


def test_a_log_has_a_name_and_a_newer_request_cancels_the_upload_that_is_under_way() -> None:
    numbered, old = (
        uploaded(view(uploading=True), "http://x/", "DiagnosticsLog", 7),
        uploaded(view(), "http://x/", "Log", None),
    )

    assert numbered.payload == {"status": "AcceptedCanceled", "filename": "diagnosticslog.log"}
    assert numbered.intents == (UploadLog(location="http://x/", name="diagnosticslog.log", request_id=7),)
    assert old.payload == {"fileName": "log.log"}


def test_an_update_gives_way_to_a_newer_one() -> None:
    install = InstallFirmware(location="http://x/fw", request_id=7)

    assert said(installed(view(), "http://x/fw", 7)) == ("Accepted", install)
    assert said(installed(view(updating=True), "http://x/fw", 7)) == ("AcceptedCanceled", install)
