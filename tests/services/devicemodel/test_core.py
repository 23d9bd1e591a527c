"""Device model: what reports and answers tell is kept and published, what a whole report does not name is no more."""

import msgspec
import pytest

from schemas.base import Poison
from schemas.limits import StationLimits
from services.devicemodel.core import FORGOTTEN_AFTER, REMEMBERED, due, initial, step
from services.devicemodel.shelf import VARIABLES_AT_MOST
from tests.services.devicemodel.records import (
    STATION,
    Station,
    inventory,
    keys_16,
    part,
    raw,
    reads_all,
    reported,
    results,
    settled,
    writes,
)
from tests.services.moments import at


def test_a_report_tells_a_variable_with_what_it_may_be() -> None:
    station = Station(part(reported("OCPPCommCtrlr.HeartbeatInterval", "300", unit="s")))

    (told,) = station.changes
    assert (told.key, told.value, told.revision, told.source) == (
        "OCPPCommCtrlr.HeartbeatInterval",
        "300",
        1,
        "reported",
    )
    assert told.attributes[0].mutability == "ReadWrite"
    assert told.characteristics is not None
    assert (told.characteristics.data_type, told.characteristics.unit) == ("string", "s")
    assert told.changed_at == at(10)


def test_what_is_told_again_is_not_published_again() -> None:
    station = Station(part(reported("C.V")), part(reported("C.V"), seconds=20))

    assert len(station.changes) == 1


def test_a_value_that_is_read_is_the_newest_and_what_the_report_said_of_it_stays() -> None:
    station = Station(part(reported("C.V", "1")))

    station.reads(settled(results("getVariableResult", ("c.v", "Accepted", "2")), "GetConfiguration", seconds=20))

    told = station.variables["C.V"]
    assert (told.value, told.source, told.attributes[0].mutability, told.revision) == ("2", "read", "ReadWrite", 2)


def test_a_value_that_the_station_refuses_or_does_not_know_is_none() -> None:
    answer = results("getVariableResult", ("C.A", "Rejected", None), ("C.B", "UnknownVariable", None))

    assert Station(settled(answer, "GetConfiguration")).said == []


def test_keys_of_1_6_are_variables_without_a_component() -> None:
    station = Station(settled(keys_16(("HeartbeatInterval", "60"), readonly=True), "GetConfiguration"))

    told = station.variables["HeartbeatInterval"]
    assert (told.name.component, told.value, told.attributes[0].mutability) == ("", "60", "ReadOnly")


def test_a_value_that_was_accepted_is_written() -> None:
    station = Station(writes(("C.A", "5"), ("C.B", "6"), ("C.C", "7")))

    answer = results(
        "setVariableResult", ("C.A", "Accepted", None), ("C.B", "Rejected", None), ("C.C", "RebootRequired", None)
    )
    station.reads(settled(answer))

    assert station.values == {"C.A": "5", "C.C": "7"}
    assert {one.source for one in station.changes} == {"written"}


@pytest.mark.parametrize(("status", "values"), [("Accepted", {"A.B": "5"}), ("Rejected", {}), ("NotSupported", {})])
def test_a_1_6_key_is_written_where_its_one_answer_says_so(status: str, values: dict[str, str]) -> None:
    outcome = "accepted" if status == "Accepted" else "rejected"
    station = Station(writes(("A.B", "5")), settled({"status": status}, outcome=outcome))

    assert station.values == values
    assert all(one.name.component == "" for one in station.changes)


def test_several_1_6_keys_are_written_one_by_one_as_their_items_say() -> None:
    station = Station(writes(("A", "1"), ("B", "2"), ("C", "3")))

    answer = [{"status": "Accepted"}, {"status": "Rejected"}, {"status": "RebootRequired"}]
    items = (("A", "Accepted"), ("B", "Rejected"), ("C", "RebootRequired"))
    station.reads(settled(answer, outcome="partial", items=items))

    assert station.values == {"A": "1", "C": "3"}


def test_a_command_that_was_not_answered_writes_nothing() -> None:
    assert Station(writes(("A", "1")), settled(None, outcome="timed_out")).said == []


@pytest.mark.parametrize(
    ("request_", "answer", "values"),
    [
        (raw("ChangeConfiguration", {"key": "A", "value": "1"}), {"status": "Accepted"}, {"A": "1"}),
        (raw("GetConfiguration", {"key": ["A"]}), keys_16(("A", "2")), {"A": "2"}),
        (
            raw(
                "SetVariables",
                {
                    "setVariableData": [
                        {"attributeValue": "3", "component": {"name": "C"}, "variable": {"name": "V"}},
                    ]
                },
            ),
            results("setVariableResult", ("C.V", "Accepted", None)),
            {"C.V": "3"},
        ),
        (raw("GetVariables", {}), results("getVariableResult", ("C.V", "Accepted", "4")), {"C.V": "4"}),
        (raw("ClearCache", {}), {"status": "Accepted"}, {}),
        (raw("ChangeConfiguration", {"key": "A"}), [1], {}),
    ],
)
def test_raw_messages_tell_as_much_as_canonical_commands(request_, answer, values) -> None:
    assert Station(request_, settled(answer, "RawCall")).values == values


def test_a_password_that_is_written_is_masked() -> None:
    station = Station(
        writes(("SecurityCtrlr.BasicAuthPassword", "sealed:v1:abc")),
        settled(results("setVariableResult", ("SecurityCtrlr.BasicAuthPassword", "Accepted", None))),
    )

    assert station.values == {"SecurityCtrlr.BasicAuthPassword": "***"}
    assert b"sealed" not in msgspec.json.encode(station.state)


class TestWholeReports:
    def test_what_a_whole_report_of_everything_does_not_name_is_no_more(self) -> None:
        station = Station(part(reported("C.Old"), reported("C.Kept"), of="before", seconds=1), inventory(seconds=5))

        station.reads(part(reported("C.Kept"), seq_no=0, last=False))
        assert set(station.values) == {"C.Old", "C.Kept"}
        station.reads(part(reported("C.New"), seq_no=1, seconds=11))

        assert set(station.values) == {"C.Kept", "C.New"}
        (gone,) = [one for one in station.changes if one.removed]
        assert gone.key == "C.Old"

    def test_a_report_with_a_part_missing_ends_nothing(self) -> None:
        station = Station(part(reported("C.Old"), of="before", seconds=1), inventory(seconds=5))

        station.reads(part(reported("C.A"), seq_no=0, last=False))
        station.reads(part(reported("C.B"), seq_no=2))

        assert "C.Old" in station.values

    def test_a_station_that_counts_its_parts_from_one_reports_everything_too(self) -> None:
        station = Station(part(reported("C.Old"), of="before", seconds=1), inventory(seconds=5))

        station.reads(part(reported("C.A"), seq_no=1, last=False))
        station.reads(part(reported("C.B"), seq_no=2, seconds=11))

        assert set(station.values) == {"C.A", "C.B"}

    def test_a_part_that_comes_late_or_again_makes_it_whole(self) -> None:
        station = Station(part(reported("C.Old"), of="before", seconds=1), inventory(seconds=5))
        for seq_no, last, seconds in ((2, True, 10), (0, False, 11), (0, False, 12), (1, False, 13)):
            station.reads(part(reported(f"C.V{seq_no}"), seq_no=seq_no, last=last, seconds=seconds))

        assert set(station.values) == {"C.V0", "C.V1", "C.V2"}

    @pytest.mark.parametrize("base", ["ConfigurationInventory", "SummaryInventory"])
    def test_a_report_of_some_ends_nothing(self, base: str) -> None:
        station = Station(part(reported("C.Old"), of="before", seconds=1), inventory(seconds=5, base=base))

        station.reads(part(reported("C.A")))

        assert "C.Old" in station.values

    def test_a_raw_request_of_everything_counts_by_its_own_number(self) -> None:
        station = Station(
            part(reported("C.Old"), of="before", seconds=1),
            raw("GetBaseReport", {"requestId": 77, "reportBase": "FullInventory"}, seconds=5),
            part(reported("C.A"), request_id=77),
        )

        assert set(station.values) == {"C.A"}

    def test_what_is_read_while_the_report_comes_stays(self) -> None:
        station = Station(inventory(), part(reported("C.A"), seq_no=0, last=False, seconds=10))
        station.reads(settled(results("getVariableResult", ("C.B", "Accepted", "1")), "GetConfiguration", seconds=11))

        station.reads(part(seq_no=1, seconds=12))

        assert set(station.values) == {"C.A", "C.B"}

    def test_an_answer_with_all_keys_ends_those_that_it_does_not_name(self) -> None:
        station = Station(settled(keys_16(("Old", "1"), ("Kept", "2")), "GetConfiguration", command_id="c0"))

        station.reads(reads_all(seconds=5))
        station.reads(settled(keys_16(("Kept", "2"), ("New", "3")), "GetConfiguration", seconds=6))

        assert station.values == {"Kept": "2", "New": "3"}

    def test_an_answer_with_the_keys_that_were_asked_for_ends_none(self) -> None:
        station = Station(settled(keys_16(("Old", "1")), "GetConfiguration", command_id="c0"))

        station.reads(settled(keys_16(("New", "3")), "GetConfiguration", seconds=6))

        assert station.values == {"Old": "1", "New": "3"}


class TestLimits:
    def test_what_a_station_takes_in_one_message_is_told_once_it_is_known(self) -> None:
        items = part(
            msgspec.structs.replace(
                reported("DeviceDataCtrlr.ItemsPerMessage", "4"),
                name=msgspec.structs.replace(
                    reported("DeviceDataCtrlr.ItemsPerMessage").name, variable_instance="GetVariables"
                ),
            ),
            reported("SecurityCtrlr.SecurityProfile", "2"),
            reported("OCPPCommCtrlr.NetworkConfigurationPriority", "0", values_list="0, 1,2"),
        )
        station = Station(items, items)

        (told,) = station.limited
        assert told.limits == StationLimits(get_items=4, security_profile=2, network_slots=(0, 1, 2))
        assert told.station == STATION

    @pytest.mark.usecase("E16", "E16.FR.12")
    @pytest.mark.parametrize(
        ("value", "kinds"),
        [("maxCost, maxTime", ("cost", "time")), ("MaxEnergy,maxLength,maxSoC", ("energy", "time", "soc"))],
    )
    def test_a_station_tells_which_limits_of_a_transaction_it_keeps_to(
        self, value: str, kinds: tuple[str, ...]
    ) -> None:
        station = Station(part(reported("TxCtrlr.SupportedLimits", value)))

        assert [one.limits.transaction_limits for one in station.limited] == [kinds]

    @pytest.mark.usecase("K15.FR.07", "K01.FR.26")
    def test_a_station_tells_which_charging_schedules_it_takes(self) -> None:
        station = Station(
            part(
                reported("SmartChargingCtrlr.RateUnit", "A,W"), reported("SmartChargingCtrlr.PeriodsPerSchedule", "12")
            )
        )
        old = Station(
            settled(
                keys_16(("ChargingScheduleAllowedChargingRateUnit", "Current"), ("ChargingScheduleMaxPeriods", "6")),
                "GetConfiguration",
            )
        )

        assert [one.limits for one in station.limited] == [StationLimits(rate_units=("W", "A"), schedule_periods=12)]
        assert [one.limits for one in old.limited] == [StationLimits(rate_units=("A",), schedule_periods=6)]

    def test_1_6_tells_how_many_keys_it_gives_at_once(self) -> None:
        station = Station(settled(keys_16(("GetConfigurationMaxKeys", "20")), "GetConfiguration"))

        assert [one.limits for one in station.limited] == [StationLimits(get_items=20)]

    @pytest.mark.parametrize("value", ["", "many", "-1", "0", "9" * 40, None])
    def test_a_limit_that_is_no_number_is_none(self, value: str | None) -> None:
        assert Station(part(reported("GetConfigurationMaxKeys"), reported("X.Y", value))).limited == []
        assert Station(settled(keys_16(("GetConfigurationMaxKeys", value or "")), "GetConfiguration")).limited == []


class TestBounds:
    def test_a_record_that_names_too_many_variables_is_put_aside_and_changes_nothing(self) -> None:
        state = initial(STATION)

        with pytest.raises(Poison, match="at most"):
            step(state, part(*(reported(f"C.V{n}") for n in range(VARIABLES_AT_MOST + 1))))

    def test_commands_that_get_no_answer_are_few_and_forgotten(self) -> None:
        station = Station(*(writes(("A", "1"), command_id=f"c{n}", seconds=n) for n in range(2 * REMEMBERED)))
        assert len(station.state.asked) == REMEMBERED

        station.comes_to(FORGOTTEN_AFTER.total_seconds() + 2 * REMEMBERED)

        assert (station.state, due(station.state)) == (initial(STATION), None)

    def test_the_state_survives_its_changelog(self) -> None:
        station = Station(inventory(), writes(("A", "1")), part(reported("C.V"), seq_no=0, last=False))

        assert msgspec.json.decode(msgspec.json.encode(station.state), type=type(station.state)) == station.state

    def test_what_a_station_reports_without_a_name_is_no_variable(self) -> None:
        assert Station(part(reported("NoComponent"))).said == []

    def test_a_repeat_changes_nothing(self) -> None:
        records = [inventory(), part(reported("C.A")), writes(("C.A", "2"), seconds=20)]
        answer = settled(results("setVariableResult", ("C.A", "Accepted", None)), seconds=21)
        station = Station(*records, answer)
        said = len(station.said)

        for record in (*records[1:], answer):
            station.reads(record)

        assert len(station.said) == said
