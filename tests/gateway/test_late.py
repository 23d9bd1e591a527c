"""Late: what a start is told whose decision does not come in time."""

import datetime as dt
import json
from typing import Any

import pytest

from gateway.effects import Effect, Identity, Moment, Publish, Traits
from gateway.late import LateStarts, site_policies
from gateway.ocpp import translate
from gateway.session import Session
from gateway.settings import Settings
from schemas.authorization import AuthorizationDecided
from schemas.base import OcppVersion, ReplyTo
from schemas.settings import BadSetting
from schemas.startnumbers import transaction_number
from schemas.transactions import FallbackAnswered, TransactionReported
from tests.gateway.conversation import LIMITS, START, TheseWays, published, sent

START_16 = {"connectorId": 1, "idTag": "card", "meterStart": 5, "timestamp": "2026-03-29T00:59:00Z"}
EVENT = {
    "eventType": "Started",
    "timestamp": "2026-03-29T00:59:00Z",
    "triggerReason": "Authorized",
    "seqNo": 0,
    "transactionInfo": {"transactionId": "T1"},
    "idToken": {"idToken": "card", "type": "ISO14443"},
}


class Station:
    """A station of one version on the real translation; decisions come as told, and time passes by hand."""

    def __init__(self, version: OcppVersion, late: LateStarts, site: str = "") -> None:
        self.identity = Identity(station="CP-1", version=version, gateway="gw-0", epoch=7)
        self.session = Session(self.identity, LIMITS, translate, late_starts=late, traits=TheseWays(Traits(site=site)))
        self.at_s = 0.0

    @property
    def now(self) -> Moment:
        return Moment(1_000.0 + self.at_s, START + dt.timedelta(seconds=self.at_s))

    def waits(self, action: str, payload: dict[str, Any]) -> tuple[TransactionReported, list[Effect]]:
        """The fact of a CALL, and what is done when its decision has not come."""
        _, effects = self.session.receive(json.dumps([2, "m1", action, payload]), self.now)
        (publish,) = [e for e in effects if isinstance(e, Publish)]
        assert publish.waiting is not None
        self.session.on_stored(publish.waiting, self.now)
        self.at_s += LIMITS.decision_s
        (fact,) = publish.records
        assert isinstance(fact, TransactionReported)
        return fact, self.session.on_time(self.now)


def decision(token: str = "CARD", status: Any = "Accepted", **more: Any) -> AuthorizationDecided:
    reply_to = ReplyTo(gateway="gw-0", epoch=7, message_id="of another")
    return AuthorizationDecided(id="d", station="CP-1", reply_to=reply_to, status=status, token=token, **more)


def late(policy: Any = "known", *decisions: AuthorizationDecided, limit: int = 10, **sites: Any) -> LateStarts:
    starts = LateStarts(policy, sites, limit=limit)
    for each in decisions:
        starts.learn(each)
    return starts


def test_a_1_6_start_is_told_the_number_that_its_content_gives_and_the_stated_status() -> None:
    fact, effects = Station("1.6", late("known", decision())).waits("StartTransaction", START_16)

    number = int(transaction_number(fact))
    assert sent(effects) == [[3, "m1", {"idTagInfo": {"status": "Accepted"}, "transactionId": number}]]


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
def test_a_2_x_event_with_a_token_is_told_the_stated_status(version: OcppVersion) -> None:
    _, effects = Station(version, late("known")).waits("TransactionEvent", EVENT)

    assert sent(effects) == [[3, "m1", {"idTokenInfo": {"status": "Invalid"}}]]


@pytest.mark.parametrize(("version", "number"), [("1.6", None), ("2.0.1", "T1")])
def test_what_was_told_is_recorded(version: OcppVersion, number: str | None) -> None:
    action, payload = ("StartTransaction", START_16) if version == "1.6" else ("TransactionEvent", EVENT)
    fact, effects = Station(version, late("accept")).waits(action, payload)

    (record,) = published(effects)
    assert isinstance(record, FallbackAnswered)
    assert (record.transaction_id, record.status) == (number or transaction_number(fact), "Accepted")


@pytest.mark.parametrize("more", [{"eventType": "Ended"}, {"idToken": None}])
def test_an_event_that_wants_no_verdict_is_told_none(more: dict[str, Any]) -> None:
    payload = {name: value for name, value in (EVENT | more).items() if value is not None}
    _, effects = Station("2.0.1", late("accept")).waits("TransactionEvent", payload)

    assert sent(effects) == [[3, "m1", {}]]
    assert published(effects) == []


def status(starts: LateStarts, token: str = "CARD", *, site: str = "", at: dt.datetime = START) -> str:
    return starts.status(site, token, at)


def test_a_token_is_known_from_its_last_decision_here() -> None:
    assert status(late("known")) == "Invalid"
    assert status(late("known", decision())) == "Accepted"
    assert status(late("known", decision(), decision(status="Blocked"))) == "Invalid"
    assert status(late("known", decision(), decision(status="ConcurrentTx"))) == "Accepted"


def test_a_token_that_has_expired_since_is_not_accepted() -> None:
    assert status(late("known", decision(expires_at=START))) == "Invalid"
    assert status(late("known", decision(expires_at=START + dt.timedelta(seconds=1)))) == "Accepted"


def test_the_policy_of_a_site_stands_before_that_of_the_deployment() -> None:
    starts = late("reject", decision(), **site_policies("berlin=accept, oslo = known"))

    assert [status(starts, "ANY", site=site) for site in ("berlin", "oslo", "", "rome")] == [
        "Accepted",
        *["Invalid"] * 3,
    ]
    assert status(starts, site="oslo") == "Accepted"
    _, effects = Station("2.0.1", starts, site="berlin").waits("TransactionEvent", EVENT)
    assert sent(effects) == [[3, "m1", {"idTokenInfo": {"status": "Accepted"}}]]


def test_the_memory_of_tokens_is_bounded_and_keeps_the_latest() -> None:
    starts = late("known", *(decision(f"T{n}") for n in range(5)), decision("T3"), decision("T9"), limit=3)

    assert len(starts) == 3
    assert [token for token in ("T2", "T3", "T4", "T9") if status(starts, token) == "Accepted"] == ["T3", "T4", "T9"]


@pytest.mark.parametrize("text", ["berlin", "berlin=maybe", "=accept"])
def test_a_setting_that_names_no_policy_says_so(text: str) -> None:
    with pytest.raises(BadSetting, match="late_start_sites"):
        Settings(late_start_sites=text).late_starts()


def test_decisions_that_answer_a_session_are_learnt() -> None:
    starts = late("known")
    station = Station("1.6", starts)
    station.session.on_decision(decision(), station.now)

    assert status(starts) == "Accepted"
