"""Checking: which requests are signed, by whom, and what is said of the others (A00.FR.501 to FR.511, A02.FR.11, FR.12)."""

import pytest

from schemas.x509 import HashData
from services.certificates.checking import Fitting, Policy, Unfit, checked
from tests.services.certificates.asking import PLAIN, STATION, announced, asked, csr

OPEN = Policy()
ONE = (announced(),)


def judged(policy: Policy = PLAIN, authorities=ONE, *, provisioned=True, **changes):
    return checked(asked(**changes), authorities, policy, provisioned=provisioned)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_request_with_a_strong_key_fits(kind: str) -> None:
    fitting = judged(csr=csr(kind=kind))

    assert isinstance(fitting, Fitting)
    assert (fitting.authority, fitting.organization) == ("stations", "Elbtal")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no request", "no certificate signing request"),
        (
            "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
            "no certificate signing request",
        ),
        (csr(kind="rsa-1024"), "2048"),
        (csr(kind="ec-192"), "224"),
        (csr("DE-BER-0002"), "'DE-BER-0002'"),
        (csr("CP\x07"), "cannot be used"),
        (csr("https://example.com"), "form of an address"),
        (csr("10.1.2.3"), "form of an address"),
        (csr(organization="Others"), "'Others'"),
        (csr() + " " * 5_500, "5500"),
    ],
    ids=["no-csr", "broken", "rsa", "curve", "name", "bell", "url", "ip", "organization", "long"],
)
def test_a_request_that_cannot_be_signed_is_named(text: str, why: str) -> None:
    unfit = judged(csr=text)

    assert isinstance(unfit, Unfit)
    assert unfit.reason_code == "InvalidCSR"
    assert why in unfit.detail


def test_a_request_that_another_key_signed_is_refused() -> None:
    mine, others = (csr(number=n).splitlines() for n in (1, 2))
    forged = "\n".join([*mine[:-2], others[-2], mine[-1]])

    unfit = judged(csr=forged)

    assert isinstance(unfit, Unfit)


def test_the_station_is_compared_without_case() -> None:
    assert isinstance(judged(csr=csr(STATION.lower())), Fitting)


def test_a_request_without_a_name_is_for_the_station_that_sent_it() -> None:
    fitting = judged(csr=csr(""))

    assert isinstance(fitting, Fitting)
    assert fitting.common_name == STATION


def test_an_organization_is_filled_in_or_asked_for() -> None:
    """A00.FR.509: it stands in every certificate."""
    filled, none, own = (
        judged(policy, csr=csr(organization=name)) for policy, name in ((PLAIN, ""), (OPEN, ""), (OPEN, "Own"))
    )

    assert isinstance(filled, Fitting)
    assert filled.organization == "Elbtal"
    assert isinstance(none, Unfit)
    assert "OrganizationName" in none.detail
    assert isinstance(own, Fitting)
    assert own.organization == "Own"


def test_a_request_for_v2g_names_the_controller_of_iso_15118() -> None:
    """A02: its common name is the SeccId."""
    v2g = (announced("v2g", uses=("V2GCertificate",)),)

    assert isinstance(judged(authorities=v2g, use="V2GCertificate", csr=csr("DE*SECC*1")), Fitting)
    assert isinstance(judged(authorities=v2g), Unfit)


def test_a_root_that_is_named_chooses_the_authority() -> None:
    """A02.FR.27, of 2.1."""
    ours = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1")
    others = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="2")
    authorities = (announced("a", roots=()), announced("b", roots=(ours,)))

    fitting, unfit = (judged(authorities=authorities, root=root) for root in (ours, others))

    assert isinstance(fitting, Fitting)
    assert fitting.authority == "b"
    assert isinstance(unfit, Unfit)
    assert unfit.reason_code == "UnsupportedRequest"


def test_a_station_that_nobody_provisioned_has_nothing_signed_unless_that_is_allowed() -> None:
    refused, allowed = judged(provisioned=False), judged(Policy(unknown=True), provisioned=False)

    assert isinstance(refused, Unfit)
    assert refused.reason_code == "CSNotAccepted"
    assert isinstance(allowed, Fitting)


def test_a_use_that_nobody_knows_is_refused() -> None:
    unfit = judged(use="V2GC\ufeffrtificate")

    assert isinstance(unfit, Unfit)
    assert unfit.reason_code == "UnsupportedRequest"
