"""Device model: parts of reports as records, and the commands that ask for them and store network profiles."""

import json

import pytest

from gateway.ocpp.translate import Invalid, Unsupported, to_calls, to_outcome
from schemas.devicemodel import (
    ComponentVariable,
    GetBaseReport,
    GetReport,
    VariablesReported,
)
from schemas.limits import StationLimits
from schemas.networkprofiles import SetNetworkProfile
from schemas.reports import request_id_of
from schemas.routing import route
from tests.gateway.ocpp.building import STATION, V2X, not_sent, record, sent

PROFILE = SetNetworkProfile(slot=1, url="wss://csms.example.com/ocpp", security_profile=2)


def entry(**changes):
    return {
        "component": {"name": "EVSE", "instance": "left", "evse": {"id": 2, "connectorId": 1}},
        "variable": {"name": "Power", "instance": "most"},
        "variableAttribute": [{"type": "MaxSet", "value": "22", "mutability": "ReadOnly", "persistent": True}],
        "variableCharacteristics": {
            "dataType": "decimal",
            "unit": "kW",
            "minLimit": 1.5,
            "maxLimit": 22,
            "supportsMonitoring": True,
        },
    } | changes


def report(version, *entries, **changes) -> VariablesReported:
    payload = {"requestId": 9, "generatedAt": "2026-03-29T00:00:00Z", "seqNo": 3, "reportData": list(entries)} | changes
    told = record(version, "NotifyReport", payload)
    assert isinstance(told, VariablesReported)
    return told


class TestNotifyReport:
    @pytest.mark.parametrize("version", V2X)
    def test_a_part_is_a_record_with_everything_that_it_names(self, version):
        told = report(version, entry(), tbc=True)

        assert (told.station, told.request_id, told.seq_no, told.last, told.size) == (STATION, 9, 3, False, 1)
        assert route(told).topic == "csms.devicemodel"
        (variable,) = told.variables
        assert variable.name.key == "EVSE[left]@2:1.Power[most]"
        (attribute,) = variable.attributes
        assert (attribute.type, attribute.value, attribute.mutability, attribute.persistent) == (
            *("MaxSet", "22", "ReadOnly", True),
        )
        assert variable.characteristics is not None
        assert (str(variable.characteristics.min_limit), variable.characteristics.unit) == ("1.5", "kW")

    @pytest.mark.parametrize("version", V2X)
    def test_the_last_part_is_the_one_that_is_not_to_be_continued(self, version):
        assert report(version).last
        assert report(version, tbc=False).last

    def test_an_attribute_that_names_neither_type_nor_mutability_is_the_actual_value_and_can_be_written(self):
        (variable,) = report("2.0.1", entry(variableAttribute=[{"value": "x"}])).variables

        assert [(each.type, each.mutability) for each in variable.attributes] == [("Actual", "ReadWrite")]

    def test_passwords_are_masked_by_the_name_of_their_variable_and_inside_addresses(self):
        password = entry(variable={"name": "BasicAuthPassword"}, variableAttribute=[{"value": "not-for-kafka"}])
        address = entry(variableAttribute=[{"value": "ftp://me:not-for-kafka@host/x"}])

        told = report("2.1", password, address)

        assert "not-for-kafka" not in str(told)
        assert [each.attributes[0].value for each in told.variables] == ["***", "ftp://me:***@host/x"]


class TestReports:
    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("B07", "TC_B_12_CSMS", "TC_B_13_CSMS")
    def test_a_base_report_is_asked_for_by_the_number_of_its_command(self, version):
        assert sent(version, GetBaseReport(), "c7") == (
            "GetBaseReport",
            {"requestId": request_id_of("c7"), "reportBase": "FullInventory"},
        )

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("B08", "TC_B_18_CSMS")
    def test_a_report_names_variables_and_criteria(self, version):
        command = GetReport(
            variables=(
                ComponentVariable(component="EVSE", evse=2, variable="Power", variable_instance="most"),
                ComponentVariable(component="SecurityCtrlr"),
            ),
            criteria=("Problem",),
        )

        assert sent(version, command, "c7") == (
            "GetReport",
            {
                "componentVariable": [
                    {
                        "component": {"evse": {"id": 2}, "name": "EVSE"},
                        "variable": {"name": "Power", "instance": "most"},
                    },
                    {"component": {"name": "SecurityCtrlr"}},
                ],
                "requestId": request_id_of("c7"),
                "componentCriteria": ["Problem"],
            },
        )

    def test_1_6_has_no_reports(self):
        assert isinstance(not_sent("1.6", GetBaseReport()), Unsupported)
        assert isinstance(not_sent("1.6", GetReport()), Unsupported)

    @pytest.mark.parametrize("version", V2X)
    def test_a_report_of_nothing_is_an_answer_and_no_refusal(self, version):
        told = to_outcome(version, GetReport(), b'{"status":"EmptyResultSet"}')

        assert (told.outcome, told.error_description) == ("accepted", "EmptyResultSet")

    @pytest.mark.parametrize("version", V2X)
    def test_a_base_that_the_station_does_not_have_is_unsupported(self, version):
        assert to_outcome(version, GetBaseReport(), b'{"status":"NotSupported"}').outcome == "unsupported"

    def test_a_report_of_more_variables_than_the_station_takes_is_not_sent(self):
        command = GetReport(variables=(ComponentVariable(component="A"), ComponentVariable(component="B")))

        refused = to_calls("2.1", command, "c1", StationLimits(report_items=1))

        assert isinstance(refused, Invalid)
        assert "takes 1" in refused.description


class TestSetNetworkProfile:
    @pytest.mark.usecase("B09", "TC_B_42_CSMS")
    def test_2_0_1_has_a_version_in_the_profile(self):
        action, payload = sent("2.0.1", PROFILE)

        assert action == "SetNetworkProfile"
        assert payload == {
            "configurationSlot": 1,
            "connectionData": {
                "ocppVersion": "OCPP20",
                "ocppTransport": "JSON",
                "ocppCsmsUrl": "wss://csms.example.com/ocpp",
                "messageTimeout": 30,
                "securityProfile": 2,
                "ocppInterface": "Wired0",
            },
        }

    @pytest.mark.parametrize("version", V2X)
    def test_an_apn_and_a_vpn_are_sent_where_there_are_any(self, version):
        secrets = json.loads(
            json.dumps({"apn_password": "p", "sim_pin": "0123", "vpn_password": "v", "vpn_key": "k", "apn": "net"})
        )
        command = SetNetworkProfile(
            slot=1, url="wss://x", security_profile=2, vpn_type="IPSec", vpn_server="s", vpn_user="u", **secrets
        )

        data = sent(version, command)[1]["connectionData"]

        assert data["apn"] == {"apn": "net", "apnPassword": "p", "simPin": 123, "apnAuthentication": "AUTO"}
        assert data["vpn"] == {"server": "s", "user": "u", "password": "v", "key": "k", "type": "IPSec"}

    def test_a_pin_of_other_than_digits_is_named(self):
        refused = not_sent("2.1", SetNetworkProfile(slot=1, url="x", security_profile=1, apn="net", sim_pin="12x4"))

        assert isinstance(refused, Invalid)
        assert "sim_pin" in refused.description

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("B09", "B09.FR.04")
    def test_a_profile_that_lowers_the_security_is_not_sent(self, version):
        refused = to_calls(version, PROFILE, "c1", StationLimits(security_profile=3))

        assert isinstance(refused, Invalid)
        assert "would lower it" in refused.description
        assert isinstance(to_calls(version, PROFILE, "c1", StationLimits(security_profile=2)), tuple)

    @pytest.mark.parametrize("version", V2X)
    @pytest.mark.usecase("B09.FR.05")
    def test_a_slot_that_the_station_does_not_have_is_not_filled(self, version):
        refused = to_calls(version, PROFILE, "c1", StationLimits(network_slots=(0, 2)))

        assert isinstance(refused, Invalid)
        assert "no slot 1" in refused.description

    @pytest.mark.parametrize("version", V2X)
    def test_a_failure_to_store_it_is_a_refusal_with_the_stations_word(self, version):
        told = to_outcome(version, PROFILE, b'{"status":"Failed"}')

        assert (told.outcome, told.error_description) == ("rejected", "Failed")
