"""Settings of simulated stations: each has one name in each version, and takes what its kind allows."""

import pytest

from loadtest.ocpp.settings import BY_KEY, BY_VARIABLE, SETTINGS, default_settings, takes


def test_no_two_settings_have_one_name() -> None:
    assert len(BY_VARIABLE) == len(SETTINGS) == len(default_settings())
    assert len(BY_KEY) == len([setting for setting in SETTINGS if not setting.since_2])


def test_every_setting_takes_the_value_that_it_begins_with() -> None:
    assert [setting.key for setting in SETTINGS if not takes(setting, setting.default)] == []


@pytest.mark.parametrize(
    ("key", "value", "taken"),
    [
        ("heartbeatinterval", "33", True),
        ("heartbeatinterval", "often", False),
        ("localpreauthorize", "TRUE", True),
        ("localpreauthorize", "perhaps", False),
        ("supportedfeatureprofiles", "anything", True),
    ],
)
def test_a_value_fits_the_kind_of_its_setting(key: str, value: str, taken: bool) -> None:
    assert takes(BY_KEY[key], value) == taken


def test_a_value_of_a_list_is_one_of_it() -> None:
    source = BY_VARIABLE["clockctrlr", "timesource", ""]
    priority = BY_VARIABLE["ocppcommctrlr", "networkconfigurationpriority", ""]

    assert (takes(source, "NTP"), takes(source, "Sun")) == (True, False)
    assert (takes(priority, "1,0"), takes(priority, "0,7")) == (True, False)
