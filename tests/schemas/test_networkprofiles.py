"""Network profiles: passwords never travel in clear, and nothing that was said of them is left behind."""

import msgspec
import pytest

from schemas.commands import Command
from schemas.networkprofiles import SetNetworkProfile
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


@pytest.mark.parametrize(
    ("member", "value", "needed"),
    [
        ("apn_user", "me", "apn"),
        ("apn_authentication", "CHAP", "apn"),
        ("sim_pin", "0042", "apn"),
        ("only_preferred_network", False, "apn"),
        ("vpn_server", "vpn.example.com", "vpn_type"),
        ("vpn_key", "shared", "vpn_type"),
    ],
)
def test_what_is_said_of_an_apn_or_a_vpn_that_is_not_named_is_refused(member: str, value: object, needed: str) -> None:
    plain = SetNetworkProfile(slot=1, url="wss://csms.example.com", security_profile=1)

    (fault,) = msgspec.structs.replace(plain, **{member: value}).faults()

    assert (fault.member, needed in fault.detail) == (member, True)
    assert list(plain.faults()) == []
    assert list(PROFILE.faults()) == []
