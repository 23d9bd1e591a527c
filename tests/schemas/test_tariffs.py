"""The targets that tariffs are assigned to."""

from schemas.tariffs import DEFAULT_TARGET, connector_target, site_target, station_target, token_target


def test_targets_of_different_scopes_never_meet() -> None:
    targets = {token_target("A"), connector_target("A", 1, 1), station_target("A"), site_target("A"), DEFAULT_TARGET}

    assert len(targets) == 5


def test_a_token_has_one_target_however_it_is_spelled() -> None:
    assert token_target("card") == token_target(" CARD")
