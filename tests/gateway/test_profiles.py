"""Security profiles: which one a handshake has, which it must have, whose a certificate is."""

import pytest
from msgspec.structs import replace

from gateway.profiles import (
    Channel,
    Demands,
    Standards,
    certificate_fault,
    has_expired,
    least_of,
    profile_of,
    renews,
    site_profiles,
    too_low,
)
from gateway.tls.forwarded import named
from schemas.settings import BadSetting
from tests.pki import DAY, NOW

TLS, PLAIN = Channel(tls=True), Channel()


@pytest.mark.parametrize(
    ("channel", "certified", "credential", "profile"),
    [
        (PLAIN, False, "", 0),
        (PLAIN, False, "hash", 1),
        (TLS, False, "", 0),
        (TLS, False, "hash", 2),
        (TLS, True, "", 3),
        (TLS, True, "hash", 3),
    ],
)
def test_the_profile_is_what_is_proven(channel: Channel, certified: bool, credential: str, profile: int) -> None:
    assert profile_of(channel, certified=certified, credential=credential) == profile


@pytest.mark.usecase("A00", "1.6:A00", "A00.FR.005")
@pytest.mark.parametrize(
    ("standards", "site", "least"),
    [
        (Standards(), "", 1),
        (Standards(), "oslo", 3),
        (Standards(), "bergen", 0),
        (Standards(highest=2), "", 2),
        (Standards(highest=2), "oslo", 3),
        (Standards(least=1, highest=3), "oslo", 1),
        (Standards(least=3), "bergen", 3),
    ],
)
def test_the_operators_word_for_the_station_goes_before_its_site_and_what_it_has_had(
    standards: Standards, site: str, least: int
) -> None:
    assert least_of(standards, site, Demands(least=1, sites={"oslo": 3, "bergen": 0})) == least


def test_a_profile_that_is_too_low_is_refused_with_what_is_needed() -> None:
    assert too_low(2, 2) == ""
    assert too_low(1, 3) == (
        "This station must connect with a client certificate over TLS (security profile 3); this is profile 1."
    )


@pytest.mark.usecase("A00", "A00.FR.404", "A00.FR.405")
def test_a_certificate_is_of_its_station_and_its_owner() -> None:
    own = named("CP-1", "urn:x", organizations=("CPO", "Other"))

    def fault(station: str, owners: frozenset[str] = frozenset()) -> str:
        return certificate_fault(own, station, Standards(), Demands(organizations=owners), NOW)

    assert fault("cp-1") == ""
    assert fault("CP-2") == "The client certificate is not that of this station."
    assert fault("CP-1", owners=frozenset({"CPO"})) == ""
    assert fault("CP-1", owners=frozenset({"Another"})) == "The client certificate is of another organization."


def test_a_registered_certificate_needs_neither_name_nor_owner() -> None:
    factory = replace(named("SN-9"), number="1f")
    standards = Standards(certificates=frozenset({"1f"}))
    assert certificate_fault(factory, "CP-1", standards, Demands(organizations=frozenset({"CPO"})), NOW) == ""
    assert certificate_fault(factory, "CP-1", Standards(), Demands(), NOW)


def test_a_certificate_without_a_number_is_not_registered() -> None:
    assert certificate_fault(named("SN-9"), "CP-1", Standards(certificates=frozenset()), Demands(), NOW)


def test_a_certificate_counts_while_it_is_valid() -> None:
    own = replace(named("CP-1"), not_before=NOW - DAY, not_after=NOW + DAY)
    assert certificate_fault(own, "CP-1", Standards(), Demands(), NOW) == ""
    for moment, why in ((NOW - 2 * DAY, "is not valid yet"), (NOW + 2 * DAY, "has expired")):
        assert certificate_fault(own, "CP-1", Standards(), Demands(), moment) == f"The client certificate {why}."
    assert certificate_fault(own, "CP-1", Standards(), Demands(), None) == ""


@pytest.mark.usecase("A00", "A00.FR.407", "A00.FR.429")
@pytest.mark.parametrize(("deployment", "station"), [(True, True), (True, False), (False, True), (False, False)])
def test_an_expired_certificate_counts_for_a_station_that_both_the_deployment_and_its_operator_let_in(
    deployment: bool, station: bool
) -> None:
    own = replace(named("CP-1"), not_before=NOW - DAY, not_after=NOW + DAY)
    standards, demands = Standards(expired=station), Demands(expired=deployment)

    fault = certificate_fault(own, "CP-1", standards, demands, NOW + 2 * DAY)

    assert fault == ("" if deployment and station else "The client certificate has expired.")
    assert renews(standards, demands) is (deployment and station)
    assert has_expired(own, NOW + 2 * DAY)
    assert not has_expired(own, NOW)
    assert not has_expired(None, NOW)
    assert certificate_fault(own, "CP-1", standards, demands, NOW - 2 * DAY)  # one that is not valid yet never counts
    assert certificate_fault(own, "CP-2", standards, demands, NOW + 2 * DAY)  # nor that of another station


def test_the_authorities_above_have_to_be_valid_whoever_comes() -> None:
    own = replace(named("CP-1"), not_before=NOW - DAY, not_after=NOW + DAY, above=((NOW - DAY, NOW),))
    lenient = (Standards(expired=True), Demands(expired=True))

    assert certificate_fault(own, "CP-1", *lenient, NOW) == ""
    for moment in (NOW + DAY / 2, NOW + 3 * DAY):
        assert "authority" in certificate_fault(own, "CP-1", *lenient, moment)


def test_sites_are_read_and_refused_by_name() -> None:
    assert site_profiles(" berlin=2, oslo = 3 , a=b=1") == {"berlin": 2, "oslo": 3, "a=b": 1}
    for wrong in ("berlin", "berlin=4", "=2", "berlin=two"):
        with pytest.raises(BadSetting, match="min_security_profile_sites"):
            site_profiles(wrong)
