"""Device model: how variables are named, and that a profile's passwords never travel in clear."""

import msgspec

from schemas.commands import Command
from schemas.configuration import Setting, spelled_out
from schemas.devicemodel import SetNetworkProfile, VariableName, variable_id_of
from schemas.sealing import Seal, open_command, seal_command
from schemas.secrets import mask_command

PROFILE = SetNetworkProfile(
    slot=1,
    url="wss://me:in-the-url@csms.example.com",
    security_profile=2,
    basic_auth_password="the-stations-own",
    apn="net",
    apn_password="of-the-apn",
    sim_pin="0042",
    vpn_type="IPSec",
    vpn_server="vpn.example.com",
    vpn_user="me",
    vpn_password="of-the-vpn",
    vpn_key="shared-with-all",
)
SECRETS = ("in-the-url", "the-stations-own", "of-the-apn", "0042", "of-the-vpn", "shared-with-all")


def test_a_name_is_written_as_commands_have_it() -> None:
    whole = VariableName(
        component="EVSE", component_instance="left", evse=2, connector=1, variable="Power", variable_instance="most"
    )

    assert whole.key == "EVSE[left]@2:1.Power[most]"
    assert whole.owner == "EVSE[left]@2:1"
    assert VariableName(variable="HeartbeatInterval").key == "HeartbeatInterval"
    again = spelled_out(Setting(key=whole.key, value=""))
    assert again is not None
    assert (again.component_instance, again.evse, again.connector, again.variable_instance) == ("left", 2, 1, "most")


def test_names_are_compared_without_case_and_apart_by_station() -> None:
    assert variable_id_of("S", "C.V") == variable_id_of("S", "c.v") != variable_id_of("T", "C.V")


def test_every_secret_of_a_network_profile_is_masked_where_it_is_shown_and_sealed_on_its_way() -> None:
    seal = Seal(bytes(range(64)))
    travelling = seal_command(PROFILE, seal)

    for command in (mask_command(PROFILE), travelling):
        text = msgspec.json.encode(command).decode()
        assert not [secret for secret in SECRETS if secret in text]
        assert msgspec.json.decode(text, type=Command) == command
    assert open_command(travelling, seal) == PROFILE


def test_secrets_of_the_greatest_length_still_fit_when_they_are_sealed() -> None:
    long = msgspec.structs.replace(
        PROFILE, apn_password="x" * 64, vpn_key="x" * 255, vpn_password="x" * 64, basic_auth_password="x" * 64
    )
    travelling = seal_command(long, Seal(bytes(range(64))))

    assert msgspec.json.decode(msgspec.json.encode(travelling), type=Command) == travelling
