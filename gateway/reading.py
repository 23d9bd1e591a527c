"""Reading: what is known of a station when a message of it is read: its traits, its hardware by its boot, its clock. PURE."""

from gateway.effects import UNKNOWN_HARDWARE, Hardware, Identity, Moment, Traits, TraitsSource, hardware_of
from gateway.ocpp.rows import Context, Received
from gateway.ocpp.spelling.clocks import StationClock


class Reading:
    """What is known of the station of one connection. It has not booted on it until `boots` says so."""

    __slots__ = ("_clock", "_edition", "_hardware", "_identity", "_source", "_traits")

    def __init__(self, identity: Identity, source: TraitsSource) -> None:
        self._identity = identity
        self._source = source
        self._traits: Traits | None = None
        self._edition = 0
        self._hardware: Hardware | None = None
        self._clock = StationClock()

    @property
    def traits(self) -> Traits:
        """The present traits of the station: read anew after a boot, and when the source has another edition."""
        traits, edition = self._traits, self._source.edition
        if traits is None or edition != self._edition:
            self._edition = edition
            traits = self._traits = self._source.traits(self._identity.station, self._hardware)
        return traits

    @property
    def hardware(self) -> Hardware:
        """The hardware of the station by its boot on this connection."""
        return self._hardware or UNKNOWN_HARDWARE

    def boots(self, received: Received) -> None:
        """The station has booted: it may be another make, or have other firmware."""
        self._hardware, self._traits = hardware_of(received) or self._hardware, None

    def context(self, moment: Moment, mended: str = "") -> Context:
        """What the translation of one message is given. `mended`: how the frame was bent, where it was."""
        me = self._identity
        traits, hardware = self.traits, self.hardware
        return Context(
            station=me.station,
            gateway=me.gateway,
            epoch=me.epoch,
            received_at=moment.at,
            time_zone=traits.time_zone,
            clock=self._clock,
            strict=traits.strict,
            rules=traits.rules,
            vendors=traits.vendors,
            vendor=hardware.vendor,
            model=hardware.model,
            firmware_version=hardware.firmware_version,
            mended=mended,
        )
