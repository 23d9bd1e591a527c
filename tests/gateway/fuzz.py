"""Fuzz: mutated messages of every version through framing, session, translation and records.

`python -m tests.gateway.fuzz --messages 100000` prints what became of them. No message may raise; each CALL that has an id is
answered exactly once, all else is counted; each record can be read by those who read its topic, and ClickHouse can hold it. The
same seed gives the same messages.
"""

import argparse
import datetime as dt
import json
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from gateway.effects import Effect, FrameSummary, Identity, Limits, Moment, Publish, Waiting, Write
from gateway.ocpp import translate
from gateway.session import Decision, Session
from schemas.authorization import AuthorizationDecided
from schemas.base import OcppVersion, Record, ReplyTo
from schemas.chargingneeds import ChargingNeedsDecided, EVScheduleDecided
from schemas.chargingprofiles import ScheduleUpdateDecided
from schemas.codec import Decoder, encode
from schemas.iso15118 import CertificateStatusDecided, ContractCertificateDecided, StatusFound
from schemas.payments import SettlementDecided, VatNumberDecided
from schemas.routing import route
from schemas.signing import SigningDecided
from schemas.stations import BootDecided
from schemas.topics import CATALOGUE
from schemas.transactions import TRANSACTIONS, MeterValuesReported, TransactionDecided, TransactionReported
from schemas.x509 import HashData
from services.metering.core import columns_of
from services.transactions.core import initial, step
from tests.gateway.ocpp.building import placed
from tests.schemas.wire.oracle import VERSIONS, broken, payload

START = dt.datetime(2026, 3, 29, 12, tzinfo=dt.UTC)
LIMITS = Limits(unanswered_calls=8, queued_commands=2, remembered_dispatches=8, decision_s=10, seen_interval_s=300)
MESSAGES_OF_A_SESSION = 400

FACTS = (
    *("StartTransaction", "StopTransaction", "MeterValues", "StatusNotification", "BootNotification", "Authorize"),
    *("DataTransfer", "SecurityEventNotification", "TransactionEvent", "FirmwareStatusNotification"),
)
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        70_000,
        2**31,
        2**63,
        10**40,
        1e40,
        1e-40,
        -0.0,
        "",
        " ",
        "0",
        "-1",
        "00",
        "1",
        "1.5",
        "1e40",
    ),
    *("NaN", "null", "true", "none", "no such word", "x" * 300, "\x00", "a\x00b", "\ud800", "\uffff", "１２", "ß", "é"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999+14:00", "1970-01-01T00:00:00", "2026-02-30T00:00:00Z", "now"),
    *(
        [],
        {},
        [[]],
        [None],
        [{}],
        {"": None},
        {"id": {}},
        ["x"] * 1_200,
        [0] * 50,
        {"a": {"b": {"c": [1, {"d": None}]}}},
    ),
)
TEXTS = (
    "\x00",
    "\x1f",
    "\n",
    '"',
    "\\",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "1e999999",
    "9" * 5_000,
    "NaN",
    "-",
    "\ufeff",
)


class Fuzz:
    """Mutated messages, one after the other, and what became of them (`tally`)."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.tally: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.records: list[Record] = []
        self._at_s = 0.0
        self._sessions: dict[OcppVersion, Session] = {}
        self._messages = 0

    def run(self, messages: int, *, keep: int = 0) -> None:
        """So many messages; the first `keep` records are kept. Raises AssertionError, or what the product raised."""
        for _ in range(messages):
            version, text = self.message()
            try:
                self.says(version, text)
            except BaseException:
                print(f"{version}: {text[:2_000]!r}")
                raise
            del self.records[keep:]

    # -- messages -----------------------------------------------------------------------------------------------------

    def message(self) -> tuple[OcppVersion, str]:
        """The next message: a version, and a text that may be a frame."""
        rng = self.rng
        version = rng.choice(VERSIONS)
        actions = sorted(translate.receivable(version))
        action = rng.choice([each for each in actions if each in FACTS] if rng.random() < 0.8 else actions)
        whole = payload(version, action, "request", rng, rng.choice([0.1, 0.5, 1.0]))
        if rng.random() < 0.8:
            placed(version, action, whole)
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            whole = self._mutated(version, action, whole)
        if rng.random() < 0.05:
            action = rng.choice(["NoSuchAction", "Reset", "", "status" + action, action.lower(), *actions])
        self._messages += 1
        message_id = rng.choice([f"m{self._messages}"] * 30 + ["", "x" * 37, "x" * 300, 7, None, "same", "é\x00"])
        kind = rng.choice([2] * 40 + [3, 4, 5, 6, 6, 6, 0, 9, "2", None, 2.0])
        frame: list[Any] = [kind, message_id, action, whole]
        if rng.random() < 0.03:
            frame = rng.choice([frame[:3], [*frame, {}], frame[:1], [], [frame], frame[::-1]])
        text = json.dumps(frame, ensure_ascii=rng.random() < 0.5)
        # A WebSocket carries UTF-8: a half of a surrogate pair can only come escaped.
        return version, self._scratched(text).encode("utf-8", "replace").decode()

    def _mutated(self, version: OcppVersion, action: str, whole: Any) -> Any:
        if not isinstance(whole, dict):
            return whole
        rng = self.rng
        if rng.random() < 0.4:
            try:
                return broken(version, action, "request", rng, whole)
            except (KeyError, TypeError):  # what was put in before has no place in the schema
                return whole
        holders = list(_holders(whole))
        holder, key = rng.choice(holders) if holders else (whole, "odd")
        what = rng.random()
        if what < 0.3 and holders:
            holder[key] = _respelled(holder[key], rng)
        elif what < 0.6:
            holder[key] = deepcopy(rng.choice(ODD))
        elif what < 0.75 and holders:
            del holder[key]
        elif isinstance(holder, dict):
            name = str(key)
            holder[rng.choice([name.upper(), name + "s", "odd", "", "customData", name + "\x00"])] = deepcopy(
                rng.choice(ODD)
            )
        return whole

    def _scratched(self, text: str) -> str:
        rng = self.rng
        if rng.random() < 0.8 or not text:
            return text
        at, length = rng.randrange(len(text)), rng.choice([0, 0, 1, 1, 5, 10_000])
        return text[:at] + rng.choice((*TEXTS, "")) + text[at + length :]

    # -- what becomes of them -----------------------------------------------------------------------------------------

    def says(self, version: OcppVersion, text: str) -> None:
        """One message to the session of that version, which holds on until it is answered."""
        session = self._session(version)
        self._at_s += 1.0
        heard, effects = session.receive(text, self._now())
        self.tally[f"{heard.kind} {heard.result}"] += 1
        self.rules.update(heard.deviations)
        sent = [effect for effect in effects if isinstance(effect, Write)]
        for effect in effects:
            if isinstance(effect, Publish):
                self._stores(effect.records)
                if effect.waiting is not None:
                    sent += self._settles(session, effect.waiting)
        assert session.idle, "a CALL is still open"
        self._on_acknowledged(heard, sent)

    def _on_acknowledged(self, heard: FrameSummary, sent: list[Write]) -> None:
        """Each CALL that was read has one answer; what was not read has at most one."""
        assert len(sent) == 1 if heard.kind == "call" else len(sent) <= 1, (heard, sent)
        for answer in sent:
            kind, message_id, *_ = json.loads(answer.frame)
            assert kind in (3, 4)
            assert message_id in (heard.message_id, "-1")
            self.tally["answered by " + ("a result" if kind == 3 else f"error {answer.error}")] += 1

    def _settles(self, session: Session, waiting: Waiting) -> list[Write]:
        effects: list[Effect] = session.on_stored(waiting, self._now())
        if waiting.awaits_decision:
            decision = _decision(waiting) if waiting.boots or self.rng.random() < 0.7 else None
            if decision is None:
                self._at_s += LIMITS.decision_s + 1
                effects += session.on_time(self._now())
            else:
                effects += session.on_decision(decision, self._now())
        return [effect for effect in effects if isinstance(effect, Write)]

    def _stores(self, records: tuple[Record, ...]) -> None:
        """What the bus and its readers make of records: they are read as they were, acted on, and ClickHouse can hold them."""
        for record in records:
            topic = route(record).topic
            read = _decoder(topic).decode(encode(record))
            assert encode(read) == encode(record), record
            if isinstance(read, TransactionReported | MeterValuesReported):
                _, said = step(initial(read.station), read)
                for each in said:
                    if not isinstance(each, TransactionDecided):
                        columns_of(type(each), [each])
                        self.records.append(each)
            elif topic != TRANSACTIONS.name:
                columns_of(type(read), [read])
                self.records.append(read)
            self.tally[f"record {type(read).__name__}"] += 1

    # -- the stage ----------------------------------------------------------------------------------------------------

    def _session(self, version: OcppVersion) -> Session:
        if version not in self._sessions or self.rng.random() < 1 / MESSAGES_OF_A_SESSION:
            identity = Identity(station=f"FUZZ-{version}", version=version, gateway="gw-0", epoch=7)
            self._sessions[version] = Session(identity, LIMITS, translate)
            self._sessions[version].on_opened(self._now())
        return self._sessions[version]

    def _now(self) -> Moment:
        return Moment(1_000.0 + self._at_s, START + dt.timedelta(seconds=self._at_s))


@cache
def _decoder(topic: str) -> Decoder:
    return Decoder(next(each for each in CATALOGUE if each.name == topic))


def _holders(value: Any) -> Iterator[tuple[Any, Any]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in list(members)[:50]:
        yield value, key
        yield from _holders(member)


def _respelled(value: Any, rng: Random) -> Any:
    """The same value as another station would write it."""
    if isinstance(value, str):
        return rng.choice([value.lower(), value.upper(), value.replace(".", "_"), f" {value} ", [value]])
    return rng.choice([str(value), [value], {"value": value}, value])


def _decision(waiting: Waiting) -> Decision:
    """A decision on a CALL, as a service could have taken it."""
    told = {"station": "S", "reply_to": ReplyTo(gateway="gw-0", epoch=7, message_id=waiting.message_id)}
    if waiting.boots:
        return BootDecided(id="d", status="Accepted", interval_s=300, **told)
    if waiting.action in ("StopTransaction", "TransactionEvent"):
        return TransactionDecided(id="d", **told)
    if waiting.action == "NotifyEVChargingSchedule":
        return EVScheduleDecided(id="d", within=False, **told)
    if waiting.action == "NotifyEVChargingNeeds":
        return ChargingNeedsDecided(id="d", status="Processing", **told)
    if waiting.action == "NotifySettlement":
        return SettlementDecided(id="d", receipt_id="r", receipt_url="https://example.com/r", **told)
    if waiting.action == "SignCertificate":
        return SigningDecided(id="d", accepted=False, reason_code="InvalidCSR", detail="no", **told)
    if waiting.action in ("GetCertificateStatus", "GetCertificateChainStatus"):
        name = HashData(hash_algorithm="SHA256", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1")
        return CertificateStatusDecided(id="d", found=(StatusFound(source="OCSP", name=name, detail="no"),), **told)
    if waiting.action == "Get15118EVCertificate":
        return ContractCertificateDecided(id="d", exi_response="gJgC", remaining=1, **told)
    if waiting.action == "VatNumberValidation":
        return VatNumberDecided(id="d", vat_number="DE1", **told)
    if waiting.action == "PullDynamicScheduleUpdate":
        return ScheduleUpdateDecided(id="d", update=None, **told)
    return AuthorizationDecided(id="d", status="Accepted", transaction_id="7", **told)


def main() -> None:
    """Run, and print what became of the messages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--messages", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    fuzz, began = Fuzz(given.seed), time.perf_counter()
    fuzz.run(given.messages)
    print(
        f"{given.messages} messages in {time.perf_counter() - began:.1f} s, none raised, each was answered or counted"
    )
    for what, count in sorted(fuzz.tally.items()):
        print(f"{count:9}  {what}")
    for rule, count in fuzz.rules.most_common():
        print(f"{count:9}  read by {rule}")


if __name__ == "__main__":
    main()
