"""Raw commands: any action that a CSMS may send, valid before it leaves."""

import json
from random import Random

import pytest
from msgspec import Raw

from gateway.ocpp.translate import CAPABILITIES, Invalid, OutboundCall, receivable, to_call, to_outcome
from schemas.commands import Command, RawCall
from schemas.wire import sendable
from tests.gateway.ocpp.building import VERSIONS, not_sent
from tests.schemas.wire.oracle import accepts, broken, payload


def raw(action, whole):
    return RawCall(action=action, payload=Raw(json.dumps(whole).encode()))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_action_that_a_csms_may_send_can_be_sent(version):
    for action in sorted(sendable(version)):
        whole = payload(version, action, "request", Random(1), 0.5)

        call = to_call(version, raw(action, whole), "c1")

        assert isinstance(call, OutboundCall), (action, call)
        assert call.action == action
        assert json.loads(call.payload) == whole
        assert b'": ' not in call.payload


@pytest.mark.parametrize("version", VERSIONS)
def test_a_payload_leaves_only_where_the_oracle_finds_it_valid(version):
    for action in sorted(sendable(version)):
        rng = Random(action)
        whole = payload(version, action, "request", rng, 0.3)
        for _ in range(4):
            other = broken(version, action, "request", rng, whole)
            call = to_call(version, raw(action, other), "c1")
            assert isinstance(call, OutboundCall) == accepts(version, action, "request", json.dumps(other))


@pytest.mark.parametrize("version", VERSIONS)
def test_what_only_a_station_sends_or_nobody_knows_is_invalid(version):
    for action in {*(receivable(version) - {"DataTransfer"}), "NoSuchAction"}:
        assert action in not_sent(version, raw(action, {})).description


def test_a_bad_payload_is_named():
    invalid = not_sent("1.6", raw("ReserveNow", {"connectorId": 1}))

    assert invalid == Invalid(description="expiryDate is missing")


def test_numbers_leave_with_the_digits_they_came_with():
    text = b'{ "transactionId" : "t" , "totalCost" : 12.50 }'

    call = to_call("2.0.1", RawCall(action="CostUpdated", payload=Raw(text)), "c1")

    assert isinstance(call, Invalid | OutboundCall)
    assert call == OutboundCall(action="CostUpdated", payload=b'{"transactionId":"t","totalCost":12.50}')


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b"null", b"[]"])
def test_what_is_no_object_is_invalid(text):
    assert isinstance(not_sent("2.1", RawCall(action="ClearCache", payload=Raw(text))), Invalid)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (b'{"status":"Accepted"}', "accepted"),
        (b'{"status":"AcceptedCanceled"}', "accepted"),
        (b'{"status":"Scheduled"}', "accepted"),
        (b'{"status":"RebootRequired"}', "accepted"),
        (b'{"status":"Unlocked"}', "accepted"),
        (b'{"status":"Unpublished"}', "accepted"),
        (b'{"status":"VersionMismatch"}', "rejected"),
        (b'{"status":"Unknown"}', "accepted"),
        (b'{"status":"EmptyResultSet"}', "accepted"),
        (b'{"status":"NotFound"}', "accepted"),
        (b'{"status":"NoProfiles"}', "accepted"),
        (b'{"status":"UnlockFailed"}', "rejected"),
        (b'{"status":"NotSupported"}', "unsupported"),
        (b'{"listVersion":3}', "accepted"),
        (b"{}", "accepted"),
        (b"null", "accepted"),
        (b'"Accepted"', "rejected"),
        (b"[]", "rejected"),
    ],
)
def test_the_answer_is_judged_by_its_status_if_it_has_one(version, answer, outcome):
    assert to_outcome(version, raw("GetLog", {}), answer).outcome == outcome


def test_every_canonical_command_has_a_row():
    rows = [row.command for capability in CAPABILITIES for row in capability.outbound]

    missing = {command.__name__ for command in Command.__args__} - {row.__name__ for row in rows}
    assert missing == set(), "give each of these commands an Outbound row in gateway/ocpp, in the module of its noun"
    assert len(rows) == len(set(rows))
