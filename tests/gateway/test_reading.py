"""Reading: messages are read by the station's present traits, and by the hardware of its boot on this connection."""

from msgspec.structs import replace

from gateway.effects import NO_TRAITS, Hardware, Moment, Traits
from gateway.ocpp.rows import Answer, Received
from gateway.reading import Reading
from schemas.base import Record
from schemas.examples import example
from schemas.stations import StationBooted, StationSeen
from tests.gateway.conversation import ME
from tests.services.fleet import NOON

ACME = Hardware(vendor="Acme", model="Post", firmware_version="1.2")
BOOTED = replace(example(StationBooted), vendor="Acme", model="Post", firmware_version="1.2")


class Matrix:
    """A source of traits, which says the site by the hardware, and counts how often it is asked."""

    def __init__(self) -> None:
        self.edition = 1
        self.asked = 0

    def traits(self, station: str, hardware: Hardware | None) -> Traits:
        self.asked += 1
        return Traits(site="unknown" if hardware is None else hardware.vendor, time_zone=f"edition {self.edition}")


def received(record: Record) -> Received:
    return Received(answer=Answer.STORED, records=(record,), boots=isinstance(record, StationBooted))


def test_traits_are_asked_for_once_and_again_when_there_is_another_edition() -> None:
    matrix = Matrix()
    reading = Reading(ME, matrix)

    assert (reading.traits, reading.traits) == (Traits(site="unknown", time_zone="edition 1"),) * 2
    assert matrix.asked == 1

    matrix.edition = 2
    assert reading.traits.time_zone == "edition 2"
    assert matrix.asked == 2


def test_a_boot_tells_the_hardware_by_which_the_traits_are_found_from_then_on() -> None:
    reading = Reading(ME, Matrix())
    assert (reading.hardware, reading.traits.site) == (Hardware(), "unknown")

    reading.boots(received(BOOTED))

    assert (reading.hardware, reading.traits.site) == (ACME, "Acme")


def test_what_is_no_boot_tells_no_hardware_and_forgets_none() -> None:
    reading = Reading(ME, NO_TRAITS)
    reading.boots(received(BOOTED))

    reading.boots(received(example(StationSeen)))

    assert reading.hardware == ACME


def test_a_message_is_read_for_its_connection_at_its_time_with_one_clock() -> None:
    reading = Reading(ME, Matrix())
    moment = Moment(0.0, NOON)
    reading.boots(received(BOOTED))

    one, other = reading.context(moment), reading.context(moment, "comma")

    assert (one.station, one.gateway, one.epoch, one.received_at) == (ME.station, ME.gateway, ME.epoch, moment.at)
    assert (one.vendor, one.model, one.firmware_version, one.time_zone) == ("Acme", "Post", "1.2", "edition 1")
    assert (one.mended, other.mended) == ("", "comma")
    assert one.clock is other.clock
