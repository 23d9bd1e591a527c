"""The hardware of a station follows from its boot."""

import datetime as dt

from gateway.effects import NO_TRAITS, Hardware, hardware_of
from gateway.ocpp.rows import Answer, Received
from schemas.base import ReplyTo
from schemas.stations import StationBooted

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_a_boot_names_the_hardware_and_other_messages_do_not() -> None:
    boot = StationBooted(
        id="b", station="CP-1", version="2.1", vendor="Acme", model="X1", firmware_version="1.0",
        reply_to=ReplyTo(gateway="gw-0", epoch=1, message_id="m"), received_at=NOW,
    )  # fmt: skip

    assert hardware_of(Received(answer=Answer.DECIDED, records=(boot,))) == Hardware(
        vendor="Acme", model="X1", firmware_version="1.0"
    )
    assert hardware_of(Received(answer=Answer.STORED, records=())) is None


def test_without_reference_data_all_stations_have_default_traits() -> None:
    assert not NO_TRAITS.traits("CP-1", None).rules
