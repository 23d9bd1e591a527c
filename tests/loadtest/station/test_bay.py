"""A car that gives energy back, at a simulated 2.1 station."""

from msgspec.structs import replace

from loadtest.ocpp.messages import Payload
from tests.loadtest.csms import Csms, running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import Cars, station_at


class GivingBack(Cars):
    """A car that gives back 100 Wh when it is half way."""

    def visit(self, remote):
        visit = super().visit(remote)
        return replace(visit, curve=replace(visit.curve, returns_wh=100, returns_w=5_000, returns_from_percent=40))


def registers(events: list[Payload], measurand: str) -> list[float]:
    return [
        sampled["value"]
        for event in events
        for value in event.get("meterValue", [])
        for sampled in value["sampledValue"]
        if sampled["measurand"] == measurand
    ]


def modes(csms: Csms) -> list[str]:
    infos = [each["transactionInfo"] for each in csms.payloads("TransactionEvent")]
    return [info["operationMode"] for info in infos if "operationMode" in info]


async def test_what_a_car_gives_back_has_a_register_of_its_own_and_each_turn_is_told() -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.1", clock).run([GivingBack(1)]), clock.run()),
    ):
        await csms.until(lambda: any(each["eventType"] == "Ended" for each in csms.payloads("TransactionEvent")))

    events = csms.payloads("TransactionEvent")
    taken, given = (registers(events, f"Energy.Active.{way}.Register") for way in ("Import", "Export"))
    assert modes(csms) == ["CentralSetpoint", "ChargingOnly"]
    assert (taken, given) == (sorted(taken), sorted(given))
    assert 100 <= given[-1] - given[0] <= 102
    assert 5_000 in registers(events, "Power.Active.Export")
    assert csms.invalid == []
