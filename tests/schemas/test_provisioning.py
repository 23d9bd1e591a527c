"""Proposed changes: the key that decides on them, and the revision that they are based on."""

import datetime as dt

from schemas.authorization import TokenRemoved
from schemas.provisioning import TARIFFS, deciding_key, revision_of
from schemas.stations import StationProvisioned
from schemas.tariffs import TariffRemoved, TariffUnassigned

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_spellings_of_one_station_or_token_have_one_key() -> None:
    lower, upper = (StationProvisioned(station=name, provisioned_at=NOW) for name in ("a1", "A1"))

    assert deciding_key(lower) == deciding_key(upper)
    assert deciding_key(TokenRemoved(token="ab", removed_at=NOW)) == deciding_key(
        TokenRemoved(token="AB ", removed_at=NOW)
    )


def test_tariffs_and_assignments_share_a_key_because_they_depend_on_each_other() -> None:
    removed = TariffRemoved(tariff="day", last_version=1, removed_at=NOW)

    assert deciding_key(removed) == deciding_key(TariffUnassigned(target="default", removed_at=NOW)) == TARIFFS


def test_a_revision_changes_with_the_record() -> None:
    one = StationProvisioned(station="A", provisioned_at=NOW)
    other = StationProvisioned(station="A", site="berlin", provisioned_at=NOW)

    assert revision_of(None) == ""
    assert revision_of(one) == revision_of(StationProvisioned(station="A", provisioned_at=NOW)) != revision_of(other)
