"""The vault: who is kept is found and revealed, and after erasure by nobody."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.authorization import token_key
from schemas.codec import encode
from schemas.identities import IdentityErased, IdentityKept, is_pseudonym
from schemas.identityvault import NO_VAULT, NoPeriodKey, Vault, WrongKey, month
from tests.schemas.test_identitytraces import in_exi
from tests.schemas.vaults import KEY, NOON, OTHER_KEY, Opened, chance

JUNE = month(NOON)


@given(st.text(min_size=1, max_size=255))
def test_whoever_is_kept_is_revealed_as_authorization_spells_him(value: str) -> None:
    opened = Opened()
    record = opened.keep(value)

    assert opened.vault.reveal(record.identity) == token_key(value)
    assert opened.vault.reveal(opened.keep(value, "customer").identity) == value
    assert opened.vault.pseudonym(value, "token", JUNE) == record.identity
    assert value.encode() not in encode(record) or len(value) < 4


@given(st.text(max_size=40), st.text(max_size=40))
def test_tokens_have_one_pseudonym_exactly_where_authorization_takes_them_for_one(one: str, other: str) -> None:
    vault = Opened().vault
    same = vault.pseudonym(one, "token", JUNE) == vault.pseudonym(other, "token", JUNE)

    assert same == (token_key(one) == token_key(other))


def test_what_customers_are_called_is_taken_letter_by_letter() -> None:
    opened = Opened()
    record = opened.keep("Max", "customer")

    assert opened.vault.identities_of("Max", "customer") == (record.identity,)
    assert opened.vault.identities_of("MAX", "customer") == ()
    assert opened.vault.identities_of("Max", "token") == ()


def test_a_token_that_nobody_provisioned_has_the_same_pseudonym_at_each_vault_for_a_month() -> None:
    here = Opened()
    there = Vault(KEY)
    for record in here.records:
        there.apply(record)

    first = here.vault.pseudonym("04A2", "token", JUNE)
    assert is_pseudonym(first)
    assert there.pseudonym("04a2", "token", JUNE) == first
    assert here.vault.pseudonym("04A2", "token", month(NOON, later=1)) != first
    assert here.vault.reveal(first) is None


def test_after_erasure_no_record_that_is_left_reveals_anybody_and_the_token_is_a_new_person() -> None:
    opened = Opened("04A2")
    [before] = opened.vault.identities_of("04a2", "token")
    opened.publish(IdentityErased(identity=before, erased_at=NOON))
    compacted = {record.identity: record for record in opened.records}  # type: ignore[attr-defined]

    assert opened.vault.reveal(before) is None
    assert opened.vault.identities_of("04A2", "token") == ()
    assert not any(isinstance(record, IdentityKept) for record in compacted.values())
    assert opened.keep("04A2").identity != before


def test_of_two_pseudonyms_made_at_once_the_first_on_the_topic_counts_and_both_are_found() -> None:
    opened = Opened("04A2", "04a2")
    first, second = (record.identity for record in opened.records if isinstance(record, IdentityKept))

    assert opened.vault.pseudonym("04A2", "token", JUNE) == first
    assert opened.vault.identities_of("04A2", "token") == (first, second)
    assert opened.vault.reveal(second) == "04A2"


def test_keys_of_months_are_made_ahead_and_thrown_away_when_they_are_over_for_a_month() -> None:
    opened = Opened()
    sealed = opened.vault.seal("card of Max", JUNE)
    assert opened.vault.missing_periods(NOON) == ()
    assert opened.vault.surplus_periods(NOON + dt.timedelta(days=31)) == ()

    for later in (31, 62):
        opened.look_after(NOON + dt.timedelta(days=later))

    assert opened.vault.open(sealed) is None
    with pytest.raises(NoPeriodKey, match=JUNE):
        opened.vault.pseudonym("04A2", "token", JUNE)
    assert opened.vault.new_periods(NOON + dt.timedelta(days=62), chance) == ()


def test_of_two_keys_for_a_month_the_first_counts_and_the_other_is_surplus() -> None:
    opened = Opened()
    pseudonym, sealed = opened.vault.pseudonym("04A2", "token", JUNE), opened.vault.seal("text", JUNE)
    opened.publish(opened.vault.period_kept(JUNE, random=chance(), at=NOON))

    assert opened.vault.pseudonym("04A2", "token", JUNE) == pseudonym
    assert len(opened.vault.surplus_periods(NOON)) == 1
    opened.look_after(NOON)
    assert opened.vault.open(sealed) == "text"


def test_a_message_is_read_by_the_key_of_the_month_that_it_names_while_there_is_one() -> None:
    vault = Opened().vault

    assert vault.period_at(NOON, "2026-07") == "2026-07"
    assert vault.period_at(NOON, "2026-05") == JUNE
    assert vault.period_at(NOON) == JUNE


@given(st.text(max_size=600))
def test_a_text_about_a_customer_is_opened_as_it_was_sealed(text: str) -> None:
    vault = Opened().vault

    assert vault.open(vault.seal(text, JUNE)) == text


def test_a_vault_of_another_key_is_refused_with_what_to_do() -> None:
    other = Vault(OTHER_KEY)

    with pytest.raises(WrongKey, match="identities_key_file"):
        other.apply(Opened().records[0])


def test_without_a_key_the_vault_knows_nobody_and_publishes_nothing() -> None:
    for record in Opened("04A2").records:
        NO_VAULT.apply(record)

    assert not NO_VAULT.is_on
    assert NO_VAULT.new_periods(NOON, chance) == ()
    assert NO_VAULT.identities_of("04A2", "token") == ()


def test_months_follow_the_calendar_in_utc() -> None:
    ahead = dt.timezone(dt.timedelta(hours=2))

    assert month(dt.datetime(2027, 1, 1, 1, tzinfo=ahead)) == "2026-12"
    assert month(dt.datetime(2026, 12, 31, tzinfo=dt.UTC), later=1) == "2027-01"
    assert month(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), later=-1) == "2025-12"


def erase(opened: Opened, identity: str) -> None:
    opened.publish(IdentityErased(identity=identity, erased_at=NOON))


def test_a_text_about_persons_is_destroyed_by_erasing_any_of_them_and_by_nothing_else() -> None:
    opened = Opened("04A2B3", "DE8AAC12345678")
    one, other = (record.identity for record in opened.records if isinstance(record, IdentityKept))
    text = "cards 04a2b3 and DE-8AA-C12345678-D"
    sealed = opened.vault.seal_named(text, JUNE)
    assert opened.vault.seal_named(text, "2026-07") == sealed, "a message that is sent again is the same"
    assert not any(name in sealed for name in (one, other, JUNE)), "nothing takes it for tokens"
    opened.look_after(NOON + dt.timedelta(days=62))

    assert opened.vault.open(sealed) == text
    erase(opened, other)
    assert opened.vault.open(sealed) is None


def test_a_text_that_names_nobody_who_is_kept_goes_with_its_month() -> None:
    opened = Opened("04A2B3")
    [kept] = opened.vault.identities_of("04A2B3", "token")
    sealed = opened.vault.seal_named("card 04FFFF", JUNE)
    told = opened.vault.seal_named("a report", JUNE, (kept, "PN-" + 17 * "A"))
    erase(opened, kept)

    assert opened.vault.open(sealed) == "card 04FFFF"
    assert opened.vault.open(told) is None
    assert f":{JUNE}:" in opened.vault.seal("a report", JUNE, (kept,)), "who was erased has no key any more"


def test_a_text_that_is_not_encrypted_is_read_as_it_is() -> None:
    vault = Opened().vault

    assert vault.opened("gJgC") == "gJgC"
    assert vault.opened(vault.seal("gJgC", JUNE)) == "gJgC"
    assert NO_VAULT.opened(vault.seal("gJgC", JUNE)) is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("card 04a2b3, refused", "card {}, refused"),
        ("04A2B3;04FFFF;x04A2B3", "{};04FFFF;x04A2B3"),
        ("nobody at all", "nobody at all"),
    ],
)
def test_who_is_kept_is_masked_in_a_text_of_choice_by_his_word(said: str, kept: str) -> None:
    opened = Opened("04A2B3", "1234")
    [pseudonym] = opened.vault.identities_of("04A2B3", "token")

    assert opened.vault.masked(said, JUNE) == kept.format(pseudonym)
    assert opened.vault.masked("error 1234", JUNE) == "error 1234", "a few digits are no token"


def test_a_text_of_choice_that_names_somebody_in_base64_is_encrypted() -> None:
    opened = Opened("DE8AAC12345678")
    said = in_exi("DE-8AA-C12345678", bit=5)
    masked = opened.vault.masked(said, JUNE)

    assert opened.vault.open(masked) == said
    erase(opened, opened.vault.identities_of("DE8AAC12345678", "token")[0])
    assert opened.vault.open(masked) is None
