"""What a release wrote on Kafka is read by all that follow: members and words are only added."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
import pytest

from schemas.base import Record
from services.nouns import CORES
from tests.schemas.compatibility import broken
from tests.schemas.released import RELEASED, snapshot, states, write

RELEASES = sorted(RELEASED.glob("*.json"))
Change = Callable[[dict[str, Any]], object]


@cache
def now() -> Any:
    """What is written today."""
    return msgspec.json.decode(msgspec.json.encode(snapshot()))


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_all_that_a_release_wrote_is_still_read_and_means_the_same(release: Any) -> None:
    assert broken(msgspec.json.decode(release.read_bytes()), now()) == []


def test_a_release_has_the_state_of_every_stateful_service() -> None:
    assert {state.__name__ for state in states()} == set(now()["states"])
    assert "StationBilling" in now()["states"]
    assert len(now()["states"]) == len(CORES)


# -- each kind of break is found ---------------------------------------------------------------------------------------


def definition(name: str, record: str = "cdr-issued") -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda contract: contract["records"][record]["$defs"][name]


def without(word: str, *, at: str, record: str = "cdr-issued", kind: str = "records") -> Change:
    """A member's enumeration (`at`: definition and member) has one word less."""
    name, member = at.split(".")
    return lambda contract: contract[kind][record]["$defs"][name]["properties"][member]["enum"].remove(word)


BREAKS: dict[str, tuple[Change, str]] = {
    "a record is gone": (lambda c: c["records"].pop("cdr-issued"), "cdr-issued is gone"),
    "a state is gone": (lambda c: c["states"].pop("StationBilling"), "StationBilling is gone"),
    "a word of why there is no price": (
        without("times-impossible", at="CdrIssued.unrated"),
        "no word 'times-impossible'",
    ),
    "a use of time": (without("withheld", at="ChargingPeriod.use"), "no word 'withheld'"),
    "a dimension of a bill": (without("PARKING_TIME", at="CostLine.dimension"), "no word 'PARKING_TIME'"),
    "a dimension of a tariff": (
        without("TIME", at="PriceComponent.type", record="tariff-provisioned"),
        "tariff-provisioned.current.elements[].price_components[].type has no word 'TIME'",
    ),
    "a status of a session": (without("presumed-ended", at="CdrIssued.status"), "no word 'presumed-ended'"),
    "a word in a state": (
        without("withheld", at="ChargingPeriod.use", record="StationBilling", kind="states"),
        "no word 'withheld'",
    ),
    "a word of plain text": (lambda c: c["words"]["Anomaly"].pop(0), "Anomaly has no word 'clock-suspect'"),
    "a vocabulary": (lambda c: c["words"].pop("Anomaly"), "Anomaly has no word"),
    "a member is gone": (
        lambda c: definition("CdrIssued")(c)["properties"].pop("energy_wh"),
        "cdr-issued.energy_wh is gone or renamed",
    ),
    "a member is renamed": (
        lambda c: definition("Costs")(c)["properties"].update(net=definition("Costs")(c)["properties"].pop("total")),
        "cdr-issued.costs.total is gone or renamed",
    ),
    "a member must be there": (
        lambda c: definition("CdrIssued")(c)["required"].append("site"),
        "cdr-issued.site must be there now",
    ),
    "a new member must be there": (
        lambda c: (
            definition("CdrIssued")(c)["properties"].update(invoice={"type": "string"}),
            definition("CdrIssued")(c)["required"].append("invoice"),
        ),
        "cdr-issued.invoice is new and must be there",
    ),
    "absence means another thing": (
        lambda c: definition("CdrIssued")(c)["properties"]["status"].update(default="active"),
        "cdr-issued.status means another thing where it is absent",
    ),
    "a type is narrowed": (
        lambda c: definition("CdrIssued")(c)["properties"]["energy_wh"]["anyOf"].pop(),
        "cdr-issued.energy_wh may no longer be of type null",
    ),
    "a number becomes a text": (
        lambda c: definition("CostLine")(c)["properties"].update(element={"type": "string"}),
        "element may no longer be of type number",
    ),
    "a text becomes words": (
        lambda c: definition("CdrIssued")(c)["properties"].update(currency={"enum": ["EUR"], "default": ""}),
        "cdr-issued.currency was any text",
    ),
    "a text becomes a time": (
        lambda c: definition("CdrIssued")(c)["properties"]["site"].update(format="date-time"),
        "cdr-issued.site has another format",
    ),
    "a text becomes shorter": (
        lambda c: definition("CostUpdated", "command-requested")(c)["properties"]["transaction_id"].update(
            maxLength=20
        ),
        "transaction_id has a smaller maxLength (20)",
    ),
    "a command is gone": (
        lambda c: definition("CommandRequested", "command-requested")(c)["properties"]["command"]["anyOf"].pop(0),
        "command-requested.command may no longer be a RemoteStart",
    ),
    "a place of a list is gone": (
        lambda c: c["states"]["StationBilling"]["$defs"]["ClosedSession"]["prefixItems"].pop(),
        "StationBilling.closed[] has 3 places and had 4",
    ),
    "a place of a list has another type": (
        lambda c: (
            c["states"]["StationBilling"]["$defs"]["Sample"]["prefixItems"].reverse()
            or c["states"]["StationBilling"]["$defs"]["Sample"]["prefixItems"].__setitem__(0, {"type": "string"})
        ),
        "register[][0] may no longer be of type number",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_told_by_name_and_with_what_to_do(name: str) -> None:
    change, sentence = BREAKS[name]
    before = msgspec.json.decode(RELEASES[-1].read_bytes())
    after = deepcopy(before)
    change(after)

    told = broken(before, after)

    assert [each for each in told if sentence in each]
    assert all(". " in each for each in told), "what to do is said behind it"


class Written(Record, frozen=True, kw_only=True, tag="written"):
    id: str
    use: Literal["charging", "parking"] = "charging"
    note: Annotated[str, msgspec.Meta(max_length=10)] = ""
    price: int | None = None


class Grown(Record, frozen=True, kw_only=True, tag="written"):
    id: str
    use: Literal["charging", "parking", "withheld"] = "charging"
    note: str = ""
    price: int | float | None = None
    more: tuple[str, ...] = ()


class Shrunk(Record, frozen=True, kw_only=True, tag="written"):
    id: str
    use: Literal["charging"] = "charging"
    note: Annotated[str, msgspec.Meta(max_length=5)] = ""


def contract(record: type[Record]) -> dict[str, Any]:
    return {"records": {"written": msgspec.json.schema(record)}, "states": {}, "words": {}}


def test_whatever_is_added_or_widened_breaks_nothing() -> None:
    assert broken(contract(Written), contract(Grown)) == []


def test_the_types_themselves_are_held_to_it() -> None:
    told = broken(contract(Written), contract(Shrunk))

    assert [each.split(" ", 1)[0] for each in told] == ["written.use", "written.note", "written.price"]


def test_a_release_is_written_once() -> None:
    with pytest.raises(FileExistsError):
        write("0.5.0")
