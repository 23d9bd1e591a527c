"""What may not be said of a token, though each member by itself may."""

import pytest

from schemas.tokens import TokenHours, TokenPlace
from services.api.tokens.checks import check_token
from services.api.tokens.rows import ProvisionToken
from services.api.web.problems import Problem


def test_a_token_without_rules_stands() -> None:
    check_token(ProvisionToken())


def test_hours_of_a_zone_and_evses_of_a_station_stand() -> None:
    night = TokenHours(start_time="22:00", end_time="06:00")
    check_token(
        ProvisionToken(places=(TokenPlace(station="CP-1", evses=(1, 2)),), hours=(night,), time_zone="Europe/Berlin")
    )


def test_the_first_place_that_cannot_stand_is_named() -> None:
    with pytest.raises(Problem) as refused:
        check_token(ProvisionToken(places=(TokenPlace(site="Berlin"), TokenPlace())))

    assert [error.field for error in refused.value.errors] == ["places[1]"]
