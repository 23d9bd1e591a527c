"""A noun that declares itself live: none of its filter's members is forgotten."""

import pytest
from msgspec.structs import replace

from services.api.reservations.live import LIVE


def test_a_member_of_the_filter_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="ReservationFilter"):
        replace(LIVE, rules={name: rule for name, rule in LIVE.rules.items() if name != "status"})
