"""What is counted of a message."""

import msgspec

from gateway.frames import Call, Flaw, Malformed
from gateway.framesummary import summary_of_malformed, summary_of_message, with_bent_rule
from gateway.ocpp.rows import Answer, Received, Refusal

CALL = Call("m1", "Heartbeat", msgspec.Raw(b"{}"))


def test_a_message_is_refused_where_its_records_are_kept_all_the_same() -> None:
    ok = Received(answer=Answer.STORED, records=(), deviations=("null-member",))
    refused = Received(answer=Answer.STORED, records=(), refused="FormatViolation")

    assert (summary_of_message("call", CALL, ok).result, summary_of_message("call", CALL, ok).deviations) == (
        "ok",
        ("null-member",),
    )
    assert summary_of_message("call", CALL, refused).error == "FormatViolation"
    assert summary_of_message("send", CALL, ok, Refusal(code="X", description="")).result == "refused"


def test_a_bent_frame_and_a_malformed_one_name_the_rule_they_break() -> None:
    malformed = summary_of_malformed(Malformed(Flaw.SHAPE, "too short", action="Heartbeat"))

    assert (malformed.result, malformed.error, malformed.message_id) == ("malformed", "shape", "")
    assert with_bent_rule((malformed, []), "padding")[0].bent == "padding"
