"""The verdict on a token: types, places, hours, master pass, contract certificates, and how long it may be remembered."""

import datetime as dt
from typing import Any

import pytest

from schemas.authorization import (
    AuthorizationDecided,
    CertificateHash,
    CertificateVerdict,
    ContractCertificate,
    ContractVerdict,
    DecisionRecorded,
    IdToken,
    TokenProvisioned,
)
from schemas.base import Record
from schemas.evsetypes import EvseDescribed
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.tokens import TokenHours, TokenPlace
from services.authorization.core import initial, step
from services.authorization.verdict import Policy
from tests.services.authorization.records import TOKEN, TRANSACTION, asked, at, provisioned, started
from tests.services.core import Core

STATION = "DE-BER-0001"
STANDARD = Policy()
CERTIFICATE = ContractCertificate(
    hashes=(CertificateHash(hash_algorithm="SHA256", issuer_name_hash="a", issuer_key_hash="b", serial_number="1"),)
)


def answer(
    *records: Record,
    policy: Policy = STANDARD,
    evses: tuple[EvseDescribed, ...] = (),
    tenant: str = "default",
    **request: Any,
) -> AuthorizationDecided:
    """The decision on a token of which these records tell."""
    station = StationProvisioned(station=STATION, site="Berlin", provisioned_at=at(0), evses=evses, tenant=tenant)
    references = {REF_STATIONS.name: {STATION: station}}
    core = Core(initial(TOKEN), lambda state, record: step(state, record, policy, references), *records)
    decided = core.feed(asked(**request))[0]
    assert isinstance(decided, AuthorizationDecided)
    return decided


def typed(kind: str) -> IdToken:
    return IdToken(value=TOKEN, type=kind)


# -- types ------------------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C01")
def test_a_token_of_certain_types_is_accepted_as_these_alone() -> None:
    token = provisioned(types=("ISO14443", "MacAddress"))

    assert answer(token, id_token=typed("MacAddress")).status == "Accepted"
    assert answer(token, id_token=typed("KeyCode")).status == "Invalid"
    assert answer(token, id_token=typed("")).status == "Accepted", "OCPP 1.6 has no types"


@pytest.mark.usecase("C04", "C04.FR.01", "C04.FR.02")
def test_a_key_code_that_is_not_valid_is_invalid_and_one_that_is_known_is_accepted() -> None:
    assert answer(id_token=typed("KeyCode")).status == "Invalid"
    assert answer(provisioned(types=("KeyCode",)), id_token=typed("KeyCode")).status == "Accepted"


@pytest.mark.usecase("C01", "C03", "C05", "C06", "TC_C_02_CSMS")
@pytest.mark.parametrize("kind", ["Central", "Local", "DirectPayment", "eMAID"])
def test_any_type_that_is_provisioned_is_accepted_and_what_is_not_is_unknown(kind: str) -> None:
    assert answer(provisioned(types=(kind,)), id_token=typed(kind)).status == "Accepted"
    assert answer(id_token=typed(kind)).status == "Unknown"


@pytest.mark.usecase("C01", "TC_C_06_CSMS", "TC_C_07_CSMS")
def test_a_blocked_token_and_an_expired_one_say_so_in_a_transaction_too() -> None:
    assert answer(provisioned(status="Blocked"), **TRANSACTION).status == "Blocked"
    assert answer(provisioned(expires_at=at(1)), **TRANSACTION).status == "Expired"


# -- places and hours -------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C01", "C01.FR.19", "C01.FR.20", "C01.FR.22")
@pytest.mark.parametrize(
    ("places", "status", "evses"),
    [
        ((), "Accepted", ()),
        ((TokenPlace(station="de-ber-0001"),), "Accepted", ()),
        ((TokenPlace(site="Berlin"),), "Accepted", ()),
        ((TokenPlace(station=STATION, evses=(2, 1)), TokenPlace(station=STATION, evses=(4,))), "Accepted", (1, 2, 4)),
        ((TokenPlace(station=STATION, evses=(2,)), TokenPlace(site="Berlin")), "Accepted", ()),
        ((TokenPlace(station="DE-BER-0002"),), "NotAtThisLocation", ()),
        ((TokenPlace(site="Hamburg"),), "NotAtThisLocation", ()),
    ],
)
def test_a_token_may_charge_in_its_places(places: Any, status: str, evses: tuple[int, ...]) -> None:
    decided = answer(provisioned(places=places))

    assert (decided.status, decided.evses) == (status, evses)


@pytest.mark.usecase("C12", "C12.FR.03", "TC_C_08_CSMS", "TC_C_20_CSMS")
def test_a_cached_token_is_checked_again_when_it_starts_a_transaction() -> None:
    token = provisioned(places=(TokenPlace(station=STATION, evses=(2,)),))

    assert answer(token, **TRANSACTION, evse=2).status == "Accepted"
    assert answer(token, **TRANSACTION, evse=1).status == "NotAtThisLocation"
    assert answer(provisioned(status="Blocked"), **TRANSACTION, evse=2).status == "Blocked"


def test_a_tenants_token_charges_at_its_own_stations_and_where_it_is_shared() -> None:
    mine, others = provisioned(tenant="acme"), provisioned(tenant="umbrella", group="G", message="hello")

    assert answer(mine, tenant="acme").status == "Accepted"
    assert answer(provisioned(), tenant="acme").status == "Accepted"
    assert answer(provisioned(tenant="umbrella", shared=True), tenant="acme").status == "Accepted"
    assert answer(mine).status == "NotAtThisLocation"
    refused = answer(others, tenant="acme", policy=Policy(unknown="accept"))
    assert (refused.status, refused.group, refused.message) == ("NotAtThisLocation", "", "")


# -- types of EVSEs ---------------------------------------------------------------------------------------------------

MIXED = (
    EvseDescribed(evse=1, kind="AC", connectors=("cType2",)),
    EvseDescribed(evse=2, kind="DC", connectors=("cCCS2",)),
    EvseDescribed(evse=3, kind="DC", connectors=("cG105",)),
)


def at_mixed(token: TokenProvisioned, **request: Any) -> AuthorizationDecided:
    """The decision at a station with EVSEs of several types."""
    return answer(token, evses=MIXED, **request)


@pytest.mark.usecase("C01", "C01.FR.18")
@pytest.mark.parametrize(
    ("types", "places", "status", "evses"),
    [
        ((), (), "Accepted", ()),
        (("AC", "DC"), (), "Accepted", ()),
        (("DC",), (), "Accepted", (2, 3)),
        (("cG105", "AC"), (), "Accepted", (1, 3)),
        (("cCCS1",), (), "NotAllowedTypeEVSE", ()),
        (("DC",), (TokenPlace(station=STATION, evses=(1, 2)),), "Accepted", (2,)),
        (("DC",), (TokenPlace(station=STATION, evses=(1,)),), "NotAllowedTypeEVSE", ()),
        (("DC",), (TokenPlace(station="DE-BER-0002"),), "NotAtThisLocation", ()),
    ],
)
def test_a_token_may_charge_at_evses_of_its_types(types: Any, places: Any, status: str, evses: tuple[int, ...]) -> None:
    decided = at_mixed(provisioned(evse_types=types, places=places))

    assert (decided.status, decided.evses) == (status, evses)


@pytest.mark.usecase("C01.FR.18")
def test_a_transaction_at_an_evse_of_another_type_is_refused_by_the_type() -> None:
    token = provisioned(evse_types=("DC",), places=(TokenPlace(station=STATION, evses=(1, 2)),))

    assert at_mixed(token, **TRANSACTION, evse=2).status == "Accepted"
    assert at_mixed(token, **TRANSACTION, evse=1).status == "NotAllowedTypeEVSE"
    assert at_mixed(token, **TRANSACTION, evse=3).status == "NotAtThisLocation"
    assert at_mixed(token, **TRANSACTION, evse=1, purpose="stop").status == "Accepted"


def test_where_the_types_of_a_stations_evses_are_not_known_no_token_is_refused_by_them() -> None:
    assert answer(provisioned(evse_types=("DC",)), **TRANSACTION, evse=1).status == "Accepted"


# 2026-01-05 is a Monday
@pytest.mark.parametrize(
    ("hours", "moment", "status"),
    [
        (TokenHours(start_time="08:00", end_time="18:00"), dt.datetime(2026, 1, 5, 7, 0), "Accepted"),
        (TokenHours(start_time="08:00", end_time="18:00"), dt.datetime(2026, 1, 5, 6, 59), "NotAtThisTime"),
        (TokenHours(start_time="08:00", end_time="18:00"), dt.datetime(2026, 1, 5, 17, 0), "NotAtThisTime"),
        (TokenHours(day_of_week=("TUESDAY",)), dt.datetime(2026, 1, 5, 12, 0), "NotAtThisTime"),
        (TokenHours(day_of_week=("MONDAY",)), dt.datetime(2026, 1, 5, 12, 0), "Accepted"),
        (
            TokenHours(day_of_week=("MONDAY",), start_time="22:00", end_time="06:00"),
            dt.datetime(2026, 1, 6, 4, 0),
            "Accepted",
        ),
        (
            TokenHours(day_of_week=("MONDAY",), start_time="22:00", end_time="06:00"),
            dt.datetime(2026, 1, 5, 4, 0),
            "NotAtThisTime",
        ),
    ],
)
def test_a_token_may_charge_in_its_hours_by_the_clock_of_its_time_zone(
    hours: TokenHours, moment: dt.datetime, status: str
) -> None:
    token = provisioned(hours=(hours,), time_zone="Europe/Berlin", seconds=-1e8)

    assert answer(token, received_at=moment.replace(tzinfo=dt.UTC)).status == status


def test_what_stops_a_transaction_is_not_asked_whether_it_may_charge_now() -> None:
    token = provisioned(hours=(TokenHours(start_time="00:00", end_time="00:01"),))

    assert answer(token, **TRANSACTION).status == "NotAtThisTime"
    assert answer(token, **TRANSACTION, purpose="stop").status == "Accepted"
    assert answer(provisioned(), started("other"), **TRANSACTION, purpose="stop").status == "Accepted"


# -- master pass ------------------------------------------------------------------------------------------------------

MASTER = Policy(master_pass_group="MASTER")


@pytest.mark.usecase("C16", "C16.FR.03", "C12.FR.09", "TC_C_47_CSMS", "TC_C_48_CSMS", "TC_C_49_CSMS")
def test_a_master_pass_is_told_with_its_group_stops_transactions_and_starts_none() -> None:
    token = provisioned(group="master")
    authorized = answer(token, policy=MASTER, purpose="authorize")

    assert (authorized.status, authorized.group) == ("Accepted", "master")
    assert answer(token, policy=MASTER, **TRANSACTION, purpose="start").status == "Invalid"
    assert answer(token, policy=MASTER, **TRANSACTION, purpose="stop").status == "Accepted"
    assert answer(token, policy=MASTER, **TRANSACTION, final=True).status == "Accepted"
    assert answer(token, **TRANSACTION, purpose="start").status == "Accepted", "without a master group"


@pytest.mark.usecase("C09", "C09.FR.02", "C09.FR.09", "C09.FR.12", "TC_C_39_CSMS")
def test_the_group_is_told_with_every_answer_also_with_one_that_refuses() -> None:
    assert answer(provisioned(group="FLEET")).group == "FLEET"
    assert answer(provisioned(group="FLEET"), **TRANSACTION).group == "FLEET"
    assert answer(provisioned(group="FLEET", status="Blocked"), **TRANSACTION, purpose="stop").group == "FLEET"


# -- contract certificates --------------------------------------------------------------------------------------------


DAY_S = 86_400


def contract(status: CertificateVerdict, **members: Any) -> dict[str, Any]:
    """An Authorize with a contract whose certificate was judged so."""
    verdict = ContractVerdict(status=status, detail="because", **members)
    return {"id_token": typed("eMAID"), "purpose": "authorize", "contract": verdict}


def told(*records: Record, **request: Any) -> tuple[str, str]:
    decided = answer(*records, **request)
    return decided.status, decided.certificate_status


@pytest.mark.usecase("C07", "C07.FR.04", "C07.FR.14")
def test_a_contract_is_accepted_where_its_certificate_and_its_token_are() -> None:
    assert told(provisioned(types=("eMAID",)), **contract("Accepted")) == ("Accepted", "Accepted")


@pytest.mark.usecase("C07", "C07.FR.13")
@pytest.mark.parametrize(
    ("token", "status"),
    [
        ({"status": "Blocked"}, "Blocked"),
        ({"expires_at": at(1)}, "Expired"),
        ({"types": ("ISO14443",)}, "Invalid"),
        (None, "Unknown"),
    ],
)
def test_a_good_certificate_of_a_contract_that_is_not_accepted_counts_as_cancelled(token: Any, status: str) -> None:
    records = () if token is None else (provisioned(**token),)

    assert told(*records, **contract("Accepted")) == (status, "ContractCancelled")


@pytest.mark.usecase("C07", "C07.FR.14")
@pytest.mark.parametrize(
    ("token", "status"),
    [
        ({"places": (TokenPlace(site="Hamburg"),)}, "NotAtThisLocation"),
        ({"prepaid": "EUR"}, "NoCredit"),
        ({"hours": (TokenHours(day_of_week=()),), "time_zone": "No/Zone"}, "NotAtThisTime"),
    ],
)
def test_a_contract_that_may_not_charge_here_and_now_has_a_good_certificate_all_the_same(
    token: Any, status: str
) -> None:
    assert told(provisioned(**token), **contract("Accepted")) == (status, "Accepted")


@pytest.mark.usecase("C07", "C07.FR.15", "C07.FR.16", "C07.FR.17")
@pytest.mark.parametrize(
    ("certificate", "status"),
    [
        ("CertificateExpired", "Expired"),
        ("CertificateRevoked", "Invalid"),
        ("CertChainError", "Invalid"),
        ("SignatureError", "Invalid"),
    ],
)
def test_no_token_is_accepted_with_a_bad_certificate(certificate: CertificateVerdict, status: str) -> None:
    assert told(provisioned(), **contract(certificate)) == (status, certificate)
    assert told(**contract(certificate)) == (status, certificate), "not even one that nobody knows"
    assert told(**contract(certificate), policy=Policy(unknown="accept")) == (status, certificate)


def test_why_a_certificate_was_refused_is_recorded() -> None:
    core = Core(initial(TOKEN), lambda state, record: step(state, record, STANDARD), provisioned())
    record = core.feed(asked(**contract("CertChainError")))[1]

    assert isinstance(record, DecisionRecorded)
    assert (record.certificate_status, record.certificate_detail) == ("CertChainError", "because")


@pytest.mark.usecase("C07", "C07.FR.17")
def test_a_contract_certificate_that_nothing_verified_is_no_proof() -> None:
    assert told(provisioned(), certificate=CERTIFICATE) == ("Invalid", "CertChainError")
    assert told(provisioned(), **contract("Accepted"), policy=Policy(certificates="reject")) == (
        "Invalid",
        "CertChainError",
    )


def test_a_deployment_may_go_by_the_token_alone_and_then_says_nothing_of_the_certificate() -> None:
    ignoring = Policy(certificates="ignore")

    assert told(provisioned(), policy=ignoring, certificate=CERTIFICATE) == ("Accepted", "")
    assert told(policy=ignoring, **contract("CertificateRevoked")) == ("Unknown", "")


@pytest.mark.usecase("C07", "C07.FR.02")
def test_a_contract_without_any_certificate_is_decided_as_the_deployment_wants_it() -> None:
    bare = {"id_token": typed("eMAID"), "purpose": "authorize"}
    strict = Policy(bare_emaids="reject")

    assert told(provisioned(), **bare) == ("Accepted", "")
    assert told(provisioned(), **bare, policy=strict) == ("Invalid", "NoCertificateAvailable")
    assert told(provisioned(), id_token=typed("ISO14443"), purpose="authorize", policy=strict) == ("Accepted", "")
    started_with = {**TRANSACTION, "id_token": typed("eMAID")}
    assert told(provisioned(), **started_with, policy=strict) == ("Accepted", ""), (
        "a TransactionEvent has no certificate"
    )


@pytest.mark.usecase("C07", "C10")
def test_an_answer_is_remembered_no_longer_than_the_certificate_is_valid() -> None:
    day = provisioned(cache_s=DAY_S)

    assert answer(day, **contract("Accepted", expires_at=at(60))).cache_until == at(60)
    assert answer(provisioned(), **contract("Accepted", expires_at=at(60))).cache_until == at(60)
    assert answer(
        provisioned(expires_at=at(30)), received_at=at(10), **contract("Accepted", expires_at=at(60))
    ).cache_until == at(30)
    assert answer(day, received_at=at(10), **contract("CertChainError")).cache_until == at(10), "the next may be good"


# -- cache and display ------------------------------------------------------------------------------------------------


@pytest.mark.usecase("C10", "C10.FR.08")
@pytest.mark.parametrize(
    ("token", "policy_s", "until"),
    [
        ({}, 0, None),
        ({}, 600, at(610)),
        ({"cache_s": 60}, 600, at(70)),
        ({"cache_s": 0}, 600, at(10)),
        ({"cache_s": 60, "expires_at": at(30)}, 0, at(30)),
        ({"expires_at": at(30)}, 0, None),
        ({"prepaid": "EUR", "cache_s": 60}, 600, at(10)),
    ],
)
def test_a_station_is_told_how_long_it_may_remember(token: dict[str, Any], policy_s: int, until: Any) -> None:
    assert answer(provisioned(**token), policy=Policy(cache_s=policy_s)).cache_until == until


@pytest.mark.usecase("C01")
def test_language_message_and_priority_are_told() -> None:
    decided = answer(provisioned(language="de", language2="en", message="Hallo", priority=-3))

    assert (decided.languages, decided.message, decided.priority) == (("de", "en"), "Hallo", -3)
