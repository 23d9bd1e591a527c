"""The tariffs of a simulated 2.1 station: set, read, cleared, refused with their words."""

from loadtest.ocpp.tariffs21 import MAX_ELEMENTS
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at


def tariff(name: str, elements: int = 1) -> dict:
    return {"tariffId": name, "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.4}] * elements}}


async def test_default_tariffs_are_set_at_evses_read_and_cleared() -> None:
    clock = HandClock()
    async with (
        running_csms() as csms,
        moving(station_at(csms, "2.1", clock, evses=2).run([Cars(NEVER), Cars(NEVER)]), clock.run()),
    ):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))

        async def ask(action: str, payload: dict) -> dict:
            return (await csms.ask(NAME, "2.1", action, payload))[2]

        nothing = await ask("GetTariffs", {"evseId": 0})
        words = [
            (await ask("SetDefaultTariff", {"evseId": evse, "tariff": one}))["status"]
            for evse, one in (
                (0, tariff("a")),
                (2, tariff("b")),
                (1, tariff("b")),
                (9, tariff("c")),
                (0, tariff("d", MAX_ELEMENTS + 1)),
            )
        ]
        read = await ask("GetTariffs", {"evseId": 0})
        cleared = await ask("ClearTariffs", {"tariffIds": ["b"]})
        again = await ask("ClearTariffs", {"tariffIds": ["b"]})
        unknown = await ask("ChangeTransactionTariff", {"transactionId": "none", "tariff": tariff("e")})

    assert nothing["status"] == "NoTariff"
    assert words == ["Accepted", "Accepted", "DuplicateTariffId", "Rejected", "TooManyElements"]
    assert [(one["tariffId"], one["evseIds"]) for one in read["tariffAssignments"]] == [("a", [1]), ("b", [2])]
    assert cleared["clearTariffsResult"] == [{"tariffId": "b", "status": "Accepted"}]
    assert again["clearTariffsResult"] == [{"status": "NoTariff"}]
    assert unknown["status"] == "TxNotFound"
    assert csms.invalid == []
