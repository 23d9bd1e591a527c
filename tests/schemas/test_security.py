"""Security events: the lists of OCPP, which differ by version."""

import pytest

from schemas.security import CRITICAL_2X, NOT_CRITICAL_16, OPERATIONAL, TYPES_16, criticality, type_of


@pytest.mark.usecase("A04")
@pytest.mark.parametrize(
    ("type_", "version", "critical"),
    [
        ("TamperDetectionActivated", "1.6", True),
        ("TamperDetectionActivated", "2.1", True),
        ("ReconfigurationOfSecurityParameters", "2.0.1", False),
        ("InvalidFirmwareSignature", "2.0.1", True),
        ("InvalidFirmwareSignature", "1.6", False),
        ("InvalidCsmsCertificate", "1.6", False),
        ("DoorOpened", "2.1", None),
    ],
)
def test_a_type_is_critical_by_the_list_of_its_version(type_, version, critical):
    assert criticality(type_, version) is critical


def test_the_words_of_16_and_any_case_are_those_of_2x():
    assert type_of("FailedToAuthenticationAtCentralSystem") == "FailedToAuthenticateAtCsms"
    assert type_of("startupofthedevice") == "StartupOfTheDevice"
    assert type_of("DoorOpened") == "DoorOpened"


def test_every_word_that_a_rule_names_is_in_the_list():
    assert NOT_CRITICAL_16 | OPERATIONAL | set(TYPES_16.values()) <= set(CRITICAL_2X)
    assert all(CRITICAL_2X[type_] for type_ in OPERATIONAL | NOT_CRITICAL_16)
