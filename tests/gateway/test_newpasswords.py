"""New passwords: accepted from when they are sent, without a way over Kafka, and not a moment longer than A01 says."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from schemas.base import null
from schemas.commands import CredentialReported, DeliveryReported, ItemOutcome
from tests.gateway.conversation import START as AT
from tests.gateway.test_references import REMOVED, Followed, heard_of, provisioned

OLD, NEW, OTHER = "old", "new", "other"


def sending(*, word: str = OLD) -> Followed:
    """References of a station whose new password was sent to it, and of which Kafka has said nothing yet."""
    followed = Followed(provisioned(password_hash=word))
    followed.references.new_passwords.on_sent("CP-1", "c1", NEW)
    return followed


def accepted(followed: Followed) -> tuple[str, ...]:
    known = followed.lookup
    assert known is not None
    return known.password_hashes


def report(result: Any, outcome: Any = None, **changes: Any) -> DeliveryReported:
    members: dict[str, Any] = {
        "id": "r",
        "command_id": "c1",
        "station": "CP-1",
        "gateway": "g",
        "epoch": 1,
        "attempt": 1,
    }
    return DeliveryReported(**members, result=result, outcome=outcome, response=null(), at=AT, **changes)


def test_both_passwords_are_accepted_from_the_moment_in_which_the_new_one_is_sent() -> None:
    assert accepted(sending()) == (OLD, NEW)
    assert accepted(sending(word="")) == ("", NEW), "a station without a password may come without until it uses one"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (report("answered", "accepted"), (OLD, NEW)),
        (report("timed-out"), (OLD, NEW)),
        (report("disconnected"), (OLD, NEW)),
        (report("answered", "rejected", items=(ItemOutcome(name="BasicAuthPassword", status="Accepted"),)), (OLD, NEW)),
        (report("answered", "rejected"), (OLD,)),
        (report("unsupported"), (OLD,)),
        (report("not-here"), (OLD,)),
        (report("expired"), (OLD,)),
        (msgspec.structs.replace(report("answered", "rejected"), command_id="c0"), (OLD, NEW)),
    ],
)
def test_a_password_that_the_station_did_not_take_is_void_at_once(
    said: DeliveryReported, left: tuple[str, ...]
) -> None:
    followed = sending()

    followed.references.new_passwords.on_report(said)

    assert accepted(followed) == left


def test_once_kafka_has_the_new_password_its_word_applies_alone() -> None:
    """A01.FR.03: the old one is void; and a new one that was void later does not come back."""
    followed = sending()

    followed.hears(heard_of(password_hashes=(OLD, NEW), replaces=OLD))
    assert accepted(followed) == (OLD, NEW)
    followed.hears(heard_of(password_hashes=(NEW,), replaces=OLD))
    assert accepted(followed) == (NEW,)
    followed.hears(heard_of(password_hashes=(OTHER,), replaces=OLD))
    assert accepted(followed) == (OTHER,)


def test_a_word_of_kafka_that_is_older_takes_nothing_away() -> None:
    followed = sending()

    followed.hears(heard_of(vendor="V"))

    assert accepted(followed) == (OLD, NEW)


def test_a_station_to_which_nothing_was_sent_is_as_kafka_has_it() -> None:
    """An empty hash among the others: a station without a password that is offered one."""
    followed = Followed(provisioned())

    followed.hears(heard_of(password_hashes=("", NEW)))
    followed.references.new_passwords.on_report(report("answered", "rejected"))

    assert accepted(followed) == ("", NEW)


def test_what_kafka_has_already_is_not_remembered_here() -> None:
    followed = Followed(provisioned(password_hash=OLD), heard_of(password_hashes=(OLD, NEW), replaces=OLD))
    followed.references.new_passwords.on_sent("CP-1", "c1", NEW)

    followed.hears(heard_of(password_hashes=(), replaces=OLD))

    assert accepted(followed) == (OLD,), "the station used the old one, and the new one is void"


def test_an_operators_password_voids_all_others() -> None:
    followed = sending()
    followed.hears(provisioned(password_hash=OLD, site="oslo"))
    assert accepted(followed) == (OLD, NEW), "he changed something else"

    followed.hears(provisioned(password_hash=OTHER))

    assert accepted(followed) == (OTHER,)
    removed = sending()
    removed.hears(REMOVED)
    assert removed.lookup is None


def said(status: Any, **changes: Any) -> CredentialReported:
    members = {"id": "c", "station": "CP-1", "command_id": "c1", "password_hash": NEW, "at": AT}
    return CredentialReported(**(members | changes), status=status)


def test_a_password_that_another_gateway_is_about_to_send_is_accepted_here() -> None:
    followed = Followed(provisioned(password_hash=OLD))
    followed.hears(said("asked"))

    assert accepted(followed) == (OLD, NEW)


@pytest.mark.parametrize(
    ("status", "expected"), [("unchanged", (OLD,)), ("changed", (OLD, NEW)), ("unknown", (OLD, NEW))]
)
def test_what_became_of_it_there_is_known_here(status: Any, expected: tuple[str, ...]) -> None:
    followed = Followed(provisioned(password_hash=OLD))
    followed.hears(said("asked"))
    followed.hears(said(status))

    assert accepted(followed) == expected


def test_a_refused_password_does_not_void_a_newer_one() -> None:
    followed = Followed(provisioned(password_hash=OLD))
    followed.hears(said("asked"))
    followed.hears(said("asked", command_id="c2", password_hash=OTHER))
    followed.hears(said("unchanged"))

    assert accepted(followed) == (OLD, OTHER)


def test_what_was_asked_before_an_operators_password_and_is_read_after_it_is_void() -> None:
    """The topics are read side by side: a password that was ordered earlier must not come back by that."""
    followed = Followed(provisioned(password_hash=OLD), provisioned(password_hash=OTHER, provisioned_at=AT))

    followed.hears(said("asked", at=AT - timedelta(seconds=1)))
    assert accepted(followed) == (OTHER,)

    followed.hears(said("asked", at=AT + timedelta(seconds=1)))
    assert accepted(followed) == (OTHER, NEW), "one that was ordered since is accepted"
