"""Admission: which handshakes come in, as whom, and what the others are told."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.admission import (
    Admitted,
    CredentialNeeded,
    KnownStation,
    Policy,
    Refused,
    Request,
    admit,
    revocation_reason,
    standing_of,
    station_of,
    with_new_credential,
)
from gateway.effects import Standing
from gateway.profiles import PLAIN, Channel
from gateway.proof import VerifiedPasswords
from gateway.tls.forwarded import named
from schemas.credentials import hash_password
from schemas.stations import RegistrationStatus, StationsUnknown

POLICY = Policy(stations_unknown="accept")
PASSWORD = "machine-made-secret-1"
SECURED = KnownStation(station="CP-1", provisioned=True, password_hashes=(hash_password(PASSWORD, b"salt"),))


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def admitted(
    path: str = "/ocpp/CP-1",
    subprotocols: tuple[str, ...] = ("ocpp1.6",),
    authorization: str | None = None,
    known: KnownStation | None = None,
    policy: Policy = POLICY,
    verified: VerifiedPasswords | None = None,
    channel: Channel = PLAIN,
) -> Admitted | Refused:
    request = Request(path=path, subprotocols=subprotocols, authorization=authorization, channel=channel)
    return admit(request, policy, known, verified or VerifiedPasswords(key=b"k", limit=10))


def status(verdict: Admitted | Refused) -> int:
    assert isinstance(verdict, Refused)
    assert verdict.sentence.endswith(".")
    return verdict.status


# -- the path ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "station"),
    [
        ("/ocpp/CP-1", "CP-1"),
        ("/ocpp/DE*ABC*E1@site|a=b+c:d.e_f", "DE*ABC*E1@site|a=b+c:d.e_f"),
        ("/ocpp/DE%2AABC%2aE%31", "DE*ABC*E1"),
        ("/ocpp/CP-1?token=x", "CP-1"),
        ("/ocpp/" + "x" * 48, "x" * 48),
        # RFC 9112, 3.2.2: a server must take the whole URL too
        ("ws://csms.example:9000/ocpp/CP-1", "CP-1"),
        ("http://csms.example/ocpp/CP-1?x", "CP-1"),
        ("wss://[::1]:9000/ocpp/CP-1", "CP-1"),
        ("HTTPS://user@csms.example/ocpp/CP-1/", "CP-1"),
        # a base URL that ends in a slash, and one more
        ("/ocpp//CP-1", "CP-1"),
        ("//ocpp/CP-1/", "CP-1"),
        ("/ocpp/CP-1//", "CP-1"),
    ],
)
def test_the_path_names_the_station(path: str, station: str) -> None:
    assert station_of(path) == station
    assert isinstance(admitted(path), Admitted)


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "/ocpp", "/ocpp/", "/other/CP-1", "/ocpp/a/b", "/ocpp/a%2Fb", "/ocpp/a%23", "/ocpp/a%3Fb"),
        *(
            "/ocpp/%00",
            "/ocpp/a%0Ab",
            "/ocpp/%FF",
            "/ocpp/" + "x" * 49,
            "ws://csms/ocpp",
            "ws://ocpp/CP-1",
            "ocpp:CP-1",
        ),
        *("/OCPP/CP-1", "ws:///other/CP-1"),
    ],
)
def test_a_path_that_names_no_usable_station_is_not_found(path: str) -> None:
    assert status(admitted(path)) == 404


LOOK_ALIKES = {
    "a blank at the end": "CP-1%20",
    "a blank before": "%20CP-1",
    "a tab": "CP-1%09",
    "no-break space": "CP-1%C2%A0",
    "zero width space": "CP-1%E2%80%8B",
    "soft hyphen": "CP%C2%AD-1",
    "right to left mark": "CP-1%E2%80%8F",
    "cyrillic es": "%D0%A1P-1",
    "fullwidth": "%EF%BC%A3P-1",
    "non-breaking hyphen": "CP%E2%80%911",
    "composed": "S%C3%A4ule",
    "decomposed": "Sa%CC%88ule",
    "dots alone": "..",
    "a quote": "CP'1",
    "a backslash": "CP%5C1",
    "a percent sign": "CP%251",
}


@pytest.mark.parametrize("path", LOOK_ALIKES.values(), ids=LOOK_ALIKES)
def test_an_id_that_only_looks_like_another_is_not_found(path: str) -> None:
    assert status(admitted(f"/ocpp/{path}")) == 404


def test_an_id_that_was_provisioned_before_it_had_to_be_plain_opens_to_the_letter() -> None:
    known = KnownStation(station="Säule 1", provisioned=True)

    assert isinstance(admitted("/ocpp/S%C3%A4ule%201", known=known), Admitted)
    assert status(admitted("/ocpp/Sa%CC%88ule%201")) == 404


def test_a_station_is_called_as_it_is_known_whatever_the_case_it_comes_in() -> None:
    verdict = admitted("/ocpp/cp-1", known=KnownStation(station="CP-1"))

    assert isinstance(verdict, Admitted)
    assert verdict.station == "CP-1"


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
    verdict = admitted(policy=Policy(stations_unknown=policy))  # type: ignore[arg-type]

    assert isinstance(verdict, Admitted)


def test_an_unknown_station_is_not_found_where_the_policy_refuses_it() -> None:
    refusing = Policy(stations_unknown="refuse")

    assert status(admitted(policy=refusing)) == 404
    assert status(admitted(policy=refusing, known=KnownStation(station="CP-1", vendor="Acme"))) == 404
    assert isinstance(admitted(policy=refusing, known=KnownStation(station="CP-1", provisioned=True)), Admitted)


def test_unknown_stations_with_a_client_certificate_may_have_a_policy_of_their_own() -> None:
    """What the certificate proves is who the station is; whether it may come is told by a setting apart."""
    policy = Policy(stations_unknown="refuse", unknown_certified="park")
    shown, foreign = (Channel(tls=True, certificate=named(name)) for name in ("CP-1", "CP-2"))

    assert status(admitted(policy=policy)) == 404
    assert status(admitted(policy=policy, channel=Channel(tls=True))) == 404
    assert status(admitted(policy=policy, channel=foreign)) == 403
    come = admitted(policy=policy, channel=shown)
    assert isinstance(come, Admitted)
    assert standing_of(None, policy, come.channel) == Standing("Pending")
    assert revocation_reason(come, None, policy) == ""
    assert revocation_reason(come, None, Policy(stations_unknown="accept", unknown_certified="refuse"))


# -- credentials (security profile 1) ---------------------------------------------------------------------------------


def test_a_station_without_a_credential_needs_none() -> None:
    assert isinstance(admitted(known=KnownStation(station="CP-1")), Admitted)
    assert isinstance(admitted(known=KnownStation(station="CP-1"), authorization=basic("CP-1", "anything")), Admitted)


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


@pytest.mark.parametrize("user", ["CP-1", "cp-1", "Cp-1"])
def test_the_user_name_is_the_station_in_any_case_of_letters(user: str) -> None:
    assert isinstance(admitted(known=SECURED, authorization=basic(user, PASSWORD)), Admitted)


@pytest.mark.parametrize("user", ["somebody", "", "CP-1 ", "CP-11", "CP"])
def test_another_user_name_opens_nothing_unless_the_deployment_or_the_matrix_says_so(user: str) -> None:
    authorization = basic(user, PASSWORD)
    lenient = Policy(stations_unknown="accept", basic_user="lenient")

    assert status(admitted(known=SECURED, authorization=authorization)) == 401
    assert isinstance(admitted(known=SECURED, authorization=authorization, policy=lenient), Admitted)
    assert isinstance(admitted(known=replace(SECURED, any_user=True), authorization=authorization), Admitted)


def test_a_station_with_a_colon_in_its_id_is_a_user_too() -> None:
    known = replace(SECURED, station="DE:1")

    assert isinstance(admitted("/ocpp/DE:1", known=known, authorization=basic("DE:1", PASSWORD)), Admitted)


@pytest.mark.parametrize(
    "password", [bytes(range(16)), b"\x00" * 20, b":" * 17, bytes.fromhex("9f3c00ff81aa55e2b7d4c6180a2fee4139d08b7c")]
)
def test_a_password_may_be_bytes_that_are_no_text(password: bytes) -> None:
    known = replace(SECURED, password_hashes=(hash_password(password.hex().upper(), b"salt"),))
    header = "Basic " + base64.b64encode(b"CP-1:" + password).decode()
    wrong = "Basic " + base64.b64encode(b"CP-1:" + password[::-1] + b"x").decode()

    assert isinstance(admitted(known=known, authorization=header), Admitted)
    assert status(admitted(known=known, authorization=wrong)) == 401


def test_any_of_the_passwords_that_may_be_right_opens_and_it_is_known_which() -> None:
    old, new = hash_password(PASSWORD, b"1"), hash_password("another-secret-16ch", b"2")
    known = replace(SECURED, password_hashes=(old, new))

    for password, kept in ((PASSWORD, old), ("another-secret-16ch", new)):
        verdict = admitted(known=known, authorization=basic("CP-1", password))
        assert isinstance(verdict, Admitted)
        assert verdict.credential == kept
    assert status(admitted(known=known, authorization=basic("CP-1", "a-third-secret-16"))) == 401


# -- who needs a credential -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needed", "known", "verdict"),
    [
        ("none", None, 101),
        ("none", KnownStation(station="CP-1", provisioned=True), 101),
        ("provisioned", None, 101),
        ("provisioned", KnownStation(station="CP-1", provisioned=True), 401),
        ("always", None, 401),
        ("always", KnownStation(station="CP-1", provisioned=True), 401),
        ("none", KnownStation(station="CP-1", provisioned=True, credential_needed=True), 401),
        ("always", KnownStation(station="CP-1", provisioned=True, credential_needed=False), 101),
        ("none", KnownStation(station="CP-1", provisioned=True, site="berlin-1"), 401),
        ("none", KnownStation(station="CP-1", provisioned=True, site="berlin-2"), 101),
        ("none", KnownStation(station="CP-1", provisioned=True, site="berlin-1", credential_needed=False), 101),
    ],
)
def test_a_station_without_a_credential_comes_in_only_where_none_is_needed(
    needed: CredentialNeeded, known: KnownStation | None, verdict: int
) -> None:
    policy = Policy(stations_unknown="accept", credential_needed=needed, credential_sites=frozenset({"berlin-1"}))

    came = admitted(known=known, policy=policy)

    assert (101 if isinstance(came, Admitted) else status(came)) == verdict


def test_a_station_with_its_password_comes_in_where_one_is_needed() -> None:
    policy = Policy(stations_unknown="accept", credential_needed="always")

    assert isinstance(admitted(known=SECURED, authorization=basic("CP-1", PASSWORD), policy=policy), Admitted)


def test_credentials_are_checked_before_the_version_is_told() -> None:
    assert status(admitted(known=SECURED, subprotocols=())) == 401


def test_a_password_once_right_is_worthless_after_it_was_changed() -> None:
    verified = VerifiedPasswords(key=b"k", limit=10)
    authorization = basic("CP-1", PASSWORD)
    changed = replace(SECURED, password_hashes=(hash_password("another-secret-16ch", b"salt"),))

    assert isinstance(admitted(known=SECURED, authorization=authorization, verified=verified), Admitted)
    assert isinstance(admitted(known=SECURED, authorization=authorization, verified=verified), Admitted)
    assert status(admitted(known=changed, authorization=authorization, verified=verified)) == 401


def test_a_password_of_one_station_does_not_open_another() -> None:
    verified = VerifiedPasswords(key=b"k", limit=10)
    admitted(known=SECURED, authorization=basic("CP-1", PASSWORD), verified=verified)
    other = replace(SECURED, station="CP-2", password_hashes=(hash_password("another-secret-16ch", b"salt"),))

    assert status(admitted("/ocpp/CP-2", known=other, authorization=basic("CP-2", PASSWORD), verified=verified)) == 401


def test_more_stations_than_are_remembered_still_come_in() -> None:
    verified = VerifiedPasswords(key=b"k", limit=2)

    for name in ("CP-1", "CP-2", "CP-3", "CP-1"):
        known = replace(SECURED, station=name)
        came = admitted(f"/ocpp/{name}", known=known, authorization=basic(name, PASSWORD), verified=verified)
        assert isinstance(came, Admitted)


# -- what a station is, and whether its connection may stand ----------------------------------------------------------


@pytest.mark.parametrize(("policy", "registration"), [("accept", "Accepted"), ("park", "Pending")])
def test_a_station_that_nobody_provisioned_is_what_the_policy_says_before_it_boots(
    policy: StationsUnknown, registration: str
) -> None:
    unknown = Policy(stations_unknown=policy)

    assert standing_of(None, unknown) == Standing(registration)  # type: ignore[arg-type]


def test_what_a_station_was_told_last_holds_on_its_next_connection_where_it_allows_less() -> None:
    assert standing_of(KnownStation(station="CP-1", registration="Pending"), POLICY) == Standing("Pending")


@pytest.mark.parametrize("registration", ["Accepted", "Pending", "Rejected"])
def test_the_operators_word_on_a_station_goes_before_the_policy(registration: RegistrationStatus) -> None:
    known = KnownStation(station="CP-1", provisioned=True, registration=registration)

    assert standing_of(known, POLICY) == Standing(registration, provisioned=True)


PROVISIONED = Admitted(station="CP-1", subprotocol="ocpp1.6", version="1.6", credential="old", provisioned=True)
UNKNOWN = Admitted(station="CP-1", subprotocol="ocpp1.6", version="1.6")


@pytest.mark.parametrize(
    ("who", "known", "word"),
    [
        (PROVISIONED, None, "removed"),
        (PROVISIONED, KnownStation(station="CP-1", provisioned=True, password_hashes=("new",)), "credential"),
        (UNKNOWN, KnownStation(station="CP-1", provisioned=True, password_hashes=("new",)), "credential"),
    ],
)
def test_what_was_admitted_by_what_holds_no_more_is_revoked(
    who: Admitted, known: KnownStation | None, word: str
) -> None:
    assert word in revocation_reason(who, known, POLICY)


@pytest.mark.parametrize(
    ("who", "known"),
    [
        (PROVISIONED, KnownStation(station="CP-1", provisioned=True, password_hashes=("old",), registration="Pending")),
        (PROVISIONED, KnownStation(station="CP-1", provisioned=True)),
        (UNKNOWN, None),
        (UNKNOWN, KnownStation(station="CP-1", vendor="Acme")),
        (UNKNOWN, KnownStation(station="CP-1", provisioned=True)),
    ],
)
def test_what_still_holds_lets_the_connection_stand(who: Admitted, known: KnownStation | None) -> None:
    assert revocation_reason(who, known, POLICY) == ""


def test_a_connection_of_a_station_that_is_not_known_falls_where_the_policy_refuses_such() -> None:
    assert revocation_reason(UNKNOWN, None, Policy(stations_unknown="refuse"))


def test_a_station_that_is_given_its_first_password_may_come_without_it_until_it_has_used_it() -> None:
    kept = hash_password(PASSWORD, b"s")
    known = KnownStation(station="CP-1", provisioned=True, password_hashes=("", kept))

    without = admitted(known=known)
    by_it = admitted(known=known, authorization=basic("CP-1", PASSWORD))

    assert isinstance(without, Admitted)
    assert isinstance(by_it, Admitted)
    assert (without.credential, by_it.credential) == ("", kept)


def test_a_connection_on_which_the_station_took_another_password_stands() -> None:
    known = KnownStation(station="CP-1", provisioned=True, password_hashes=("new",))

    assert revocation_reason(PROVISIONED, known, POLICY)
    assert revocation_reason(with_new_credential(PROVISIONED, known), known, POLICY) == ""
    assert with_new_credential(PROVISIONED, KnownStation(station="CP-1")) == PROVISIONED
