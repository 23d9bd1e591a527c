"""The settings of the gateway become the limits and policies of its parts."""

import pytest

from gateway.settings import Settings
from schemas.settings import BadSetting


def test_sites_that_need_a_credential_are_separated_by_commas() -> None:
    assert Settings(credential_sites=" berlin , oslo,").policy().credential_sites == {"berlin", "oslo"}


def test_limits_are_those_of_the_settings() -> None:
    limits = Settings(unanswered_calls=3, queued_commands=2, decision_s=4.0).limits()

    assert (limits.unanswered_calls, limits.queued_commands, limits.decision_s) == (3, 2, 4.0)


def test_a_late_start_policy_of_a_site_that_cannot_be_read_is_a_bad_setting() -> None:
    with pytest.raises(BadSetting, match="late_start_sites"):
        Settings(late_start_sites="berlin=perhaps").late_starts()
