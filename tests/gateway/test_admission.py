"""Admission: which handshakes come in, as whom, and what the others are told."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.admission import Admitted, Known, Policy, Refused, Request, Verified, admit, station_of
from schemas.credentials import hash_password

POLICY = Policy(stations_unknown="accept", basic_user="lenient")
PASSWORD = "machine-made-secret-1"
SECURED = Known(password_hash=hash_password(PASSWORD, b"salt"))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def admitted(
    path: str = "/ocpp/CP-1",
    subprotocols: tuple[str, ...] = ("ocpp1.6",),
    authorization: str | None = None,
    known: Known | None = None,
    policy: Policy = POLICY,
    verified: Verified | None = None,
) -> Admitted | Refused:
    request = Request(path=path, subprotocols=subprotocols, authorization=authorization)
    return admit(request, policy, known, verified or Verified(key=b"k", limit=10))


def status(verdict: Admitted | Refused) -> int:
    assert isinstance(verdict, Refused)
    assert verdict.sentence.endswith(".")
    return verdict.status


# -- the path ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "station"),
    [
        ("/ocpp/CP-1", "CP-1"),
        ("/ocpp/DE*ABC*E%201", "DE*ABC*E 1"),
        ("/ocpp/S%C3%A4ule", "Säule"),
        ("/ocpp/CP-1?token=x", "CP-1"),
        ("/ocpp/" + "x" * 48, "x" * 48),
    ],
)
def test_the_path_names_the_station(path: str, station: str) -> None:
    assert station_of(path) == station


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/ocpp", "/ocpp/", "/other/CP-1", "/ocpp/a/b", "/ocpp/a%2Fb", "/ocpp/a%23", "/ocpp/a%3Fb"),
        *("/ocpp/%00", "/ocpp/a%0Ab", "/ocpp/%FF", "/ocpp/" + "x" * 49),
    ],
)
def test_a_path_that_names_no_usable_station_is_not_found(path: str) -> None:
    assert status(admitted(path)) == 404


@given(st.text())
def test_no_path_raises(path: str) -> None:
    assert station_of("/ocpp/" + path)


# -- the version ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("ocpp1.6",), "1.6"),
        (("ocpp2.0.1", "ocpp1.6"), "2.0.1"),
        (("ocpp1.6", "ocpp2.1"), "1.6"),
        (("ocpp1.5", "soap", "ocpp2.1"), "2.1"),
    ],
)
def test_the_stations_first_version_that_we_speak_is_chosen(offered: tuple[str, ...], chosen: str) -> None:
    verdict = admitted(subprotocols=offered)

    assert isinstance(verdict, Admitted)
    assert (verdict.version, verdict.subprotocol) == (chosen, f"ocpp{chosen}")


@pytest.mark.parametrize("offered", [(), ("ocpp1.5",), ("OCPP1.6",)])
def test_a_station_that_offers_no_version_we_speak_gets_400(offered: tuple[str, ...]) -> None:
    assert status(admitted(subprotocols=offered)) == 400


# -- stations nobody provisioned --------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["accept", "park"])
def test_an_unknown_station_is_let_in_where_the_policy_says_so(policy: str) -> None:
    verdict = admitted(policy=Policy(stations_unknown=policy, basic_user="lenient"))  # type: ignore[arg-type]

    assert isinstance(verdict, Admitted)


def test_an_unknown_station_is_not_found_where_the_policy_refuses_it() -> None:
    refusing = Policy(stations_unknown="refuse", basic_user="lenient")

    assert status(admitted(policy=refusing)) == 404
    assert isinstance(admitted(policy=refusing, known=Known()), Admitted)


# -- credentials (security profile 1) ---------------------------------------------------------------------------------


def test_a_station_without_a_credential_needs_none() -> None:
    assert isinstance(admitted(known=Known()), Admitted)
    assert isinstance(admitted(known=Known(), authorization=basic("CP-1", "anything")), Admitted)


def test_the_right_password_opens() -> None:
    assert isinstance(admitted(known=SECURED, authorization=basic("CP-1", PASSWORD)), Admitted)


@pytest.mark.parametrize(
    "authorization",
    [
        *(None, "", "Basic", "Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"no colon").decode()),
        *("Basic " + base64.b64encode(b"\xff:\xff").decode(), basic("CP-1", ""), basic("CP-1", PASSWORD + "x")),
    ],
)
def test_a_missing_or_wrong_password_gets_401_and_is_asked_for(authorization: str | None) -> None:
    verdict = admitted(known=SECURED, authorization=authorization)

    assert status(verdict) == 401
    assert isinstance(verdict, Refused)
    assert verdict.challenge


def test_another_user_name_is_overlooked_unless_the_policy_is_strict() -> None:
    authorization = basic("somebody", PASSWORD)
    strict = Policy(stations_unknown="accept", basic_user="strict")

    assert isinstance(admitted(known=SECURED, authorization=authorization), Admitted)
    assert status(admitted(known=SECURED, authorization=authorization, policy=strict)) == 401


def test_credentials_are_checked_before_the_version_is_told() -> None:
    assert status(admitted(known=SECURED, subprotocols=())) == 401


def test_a_password_once_right_is_worthless_after_it_was_changed() -> None:
    verified = Verified(key=b"k", limit=10)
    authorization = basic("CP-1", PASSWORD)
    changed = Known(password_hash=hash_password("another-secret-16ch", b"salt"))

    assert isinstance(admitted(known=SECURED, authorization=authorization, verified=verified), Admitted)
    assert isinstance(admitted(known=SECURED, authorization=authorization, verified=verified), Admitted)
    assert status(admitted(known=changed, authorization=authorization, verified=verified)) == 401


def test_a_password_of_one_station_does_not_open_another() -> None:
    verified = Verified(key=b"k", limit=10)
    admitted(known=SECURED, authorization=basic("CP-1", PASSWORD), verified=verified)
    other = Known(password_hash=hash_password("another-secret-16ch", b"salt"))

    assert status(admitted("/ocpp/CP-2", known=other, authorization=basic("CP-2", PASSWORD), verified=verified)) == 401


def test_more_stations_than_are_remembered_still_come_in() -> None:
    verified = Verified(key=b"k", limit=2)

    for number in (1, 2, 3, 1):
        path = f"/ocpp/CP-{number}"
        assert isinstance(
            admitted(path, known=SECURED, authorization=basic("x", PASSWORD), verified=verified), Admitted
        )
