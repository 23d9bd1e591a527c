"""The edge of a connection: stations say and hear identities, everything behind the edge has pseudonyms."""

import json

import pytest

from gateway.identities import Edge, Identities, why_not_sent
from schemas.identities import IdentityErased, PeriodKeyKept, is_pseudonym
from schemas.identityvault import NoPeriodKey, Vault, month
from schemas.transactions import RemoteStart
from tests.schemas.vaults import KEY, NOON, Opened, chance


def edge(opened: Opened) -> Edge:
    return Edge(Identities(opened.vault))


def authorize(token: str) -> str:
    return json.dumps([2, "m", "Authorize", {"idTag": token}])


def said(edge: Edge, token: str) -> str:
    return str(json.loads(edge.received(authorize(token), NOON))[3]["idTag"])


def test_a_token_is_masked_on_its_way_in_and_revealed_on_its_way_out() -> None:
    opened = Opened("04A2B3")
    here = edge(opened)
    pseudonym = said(here, "04a2b3")

    assert pseudonym == opened.vault.identities_of("04A2B3", "token")[0]
    assert here.sent(f'[2,"c","RemoteStartTransaction",{{"idTag":"{pseudonym}"}}]'.encode(), is_call=True) == (
        b'[2,"c","RemoteStartTransaction",{"idTag":"04A2B3"}]'
    )


def test_nobody_charges_by_a_pseudonym_that_he_has_read_somewhere() -> None:
    opened = Opened("04A2B3")
    [pseudonym] = opened.vault.identities_of("04A2B3", "token")

    assert said(edge(opened), pseudonym) != pseudonym
    assert is_pseudonym(said(edge(opened), pseudonym))


def test_an_answer_that_repeats_what_was_told_has_the_pseudonym_once() -> None:
    opened = Opened("04A2B3")
    [pseudonym] = opened.vault.identities_of("04A2B3", "token")
    here = edge(opened)
    here.sent(f'[2,"c","ReserveNow",{{"idTag":"{pseudonym}"}}]'.encode(), is_call=True)

    here.sent(b'[2,"d","ClearCache",{}]', is_call=True)

    answer = json.loads(here.received('[4,"c","GenericError","card 04a2b3?",{"idTag":"04A2B3"}]', NOON))

    assert answer[3:] == [f"card {pseudonym}?", {"idTag": pseudonym}]


def test_messages_without_identities_are_the_same_objects() -> None:
    here = edge(Opened())
    for data in ('[2,"1","Heartbeat",{}]', '[3,"c",{"status":"Accepted"}]'):
        assert here.received(data, NOON) is data
    assert here.sent(b'[3,"1",{}]', is_call=False) == b'[3,"1",{}]'


def test_a_start_that_is_sent_again_in_the_next_month_names_the_same_token() -> None:
    here = edge(Opened())
    start = '[2,"1","StartTransaction",{"timestamp":"2026-06-30T23:59:59Z","idTag":"04FF"}]'
    july = NOON.replace(month=7)

    assert here.received(start, NOON) == here.received(start, july)
    assert here.received(authorize("04FF"), NOON) != here.received(authorize("04FF"), july)


def test_binary_messages_are_masked_and_stay_as_unreadable_as_they_were() -> None:
    here = edge(Opened())

    assert b"04A2B3" not in bytes(here.received(authorize("04A2B3").encode(), NOON))  # type: ignore[arg-type]
    broken = here.received(authorize("04A2B3").encode() + b"\xc3", NOON)
    assert isinstance(broken, bytes)
    assert b"04A2B3" not in broken
    with pytest.raises(UnicodeDecodeError):
        broken.decode()


def test_a_command_for_somebody_who_was_erased_is_named_and_not_sent() -> None:
    opened = Opened("04A2B3")
    [pseudonym] = opened.vault.identities_of("04A2B3", "token")
    command = RemoteStart(token=pseudonym)
    assert edge(opened).unknown(command) == ()

    opened.publish(IdentityErased(identity=pseudonym, erased_at=NOON))

    assert edge(opened).unknown(command) == (pseudonym,)
    assert pseudonym in why_not_sent((pseudonym,))


def test_the_reference_of_a_payment_is_no_person_also_where_the_station_says_no_type() -> None:
    identities = Identities(Opened().vault)
    identities.note(RemoteStart(token="psp-7", token_type="DirectPayment"))
    here = Edge(identities)

    assert said(here, "psp-7") == "psp-7"
    assert is_pseudonym(said(here, "psp-8"))


def test_the_gateway_has_keys_of_months_made_and_thrown_away() -> None:
    opened = Opened()
    opened.publish(opened.vault.period_kept("2026-01", random=chance(), at=NOON))
    later = NOON.replace(month=7)

    made, gone = Identities(opened.vault).upkeep(later, chance, "gw-0")

    assert isinstance(made, PeriodKeyKept)
    assert made.period == "2026-08"
    assert isinstance(gone, IdentityErased)
    assert gone.identity.startswith("period:2026-01:")


def test_without_a_key_for_the_month_nothing_is_let_in() -> None:
    identities = Identities(Vault(KEY))

    assert identities.not_ready(NOON)
    with pytest.raises(NoPeriodKey):
        Edge(identities).received(authorize("04A2B3"), NOON)
    assert Identities(Opened().vault).not_ready(NOON) == []
    assert month(NOON) == "2026-06"


EXI_ANSWER = '[3,"m",{"status":"Accepted","exiResponse":"EXI"}]'


def test_an_answer_for_an_ev_is_opened_for_its_station_alone_and_a_command_never() -> None:
    opened = Opened("04A2B3")
    sealed = opened.vault.seal_named("EXI", month(NOON))
    answer = EXI_ANSWER.replace("EXI", sealed).encode()

    assert edge(opened).sent(answer, is_call=False).decode() == EXI_ANSWER
    command = json.dumps([2, "c", "DataTransfer", {"vendorId": "v", "data": sealed}]).encode()
    assert edge(opened).sent(command, is_call=True) == command


def test_what_a_station_sends_encrypted_is_encrypted_once_more() -> None:
    opened = Opened()
    sealed = opened.vault.seal("EXI", month(NOON))
    kept = json.loads(edge(opened).received(json.dumps([2, "m", "G", {"exiRequest": sealed}]), NOON))[3]["exiRequest"]

    assert opened.vault.open(kept) == sealed


def test_what_is_told_of_a_customer_is_destroyed_with_the_customer() -> None:
    opened = Opened("04A2B3")
    [kept] = opened.vault.identities_of("04A2B3", "token")
    here = edge(opened)
    here.sent(
        f'[2,"c","CustomerInformation",{{"requestId":7,"idToken":{{"idToken":"{kept}"}}}}]'.encode(), is_call=True
    )

    def told(report: int, data: str) -> str:
        frame = json.dumps([2, "n", "NotifyCustomerInformation", {"requestId": report, "data": data}])
        return str(json.loads(here.received(frame, NOON))[3]["data"])

    of_the_report, by_name, of_another = told(7, "born in May"), told(8, "card 04a2b3"), told(9, "born in June")
    opened.publish(IdentityErased(identity=kept, erased_at=NOON))

    assert [opened.vault.open(each) for each in (of_the_report, by_name, of_another)] == [None, None, "born in June"]
