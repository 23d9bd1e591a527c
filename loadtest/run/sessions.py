"""Whole sessions of the throughput scenario: on the station's own time line, each fact repeated until acknowledged, all in the ledger."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from loadtest.assignment import Assignment
from loadtest.ocpp.messages import (
    BEGIN,
    END,
    AnyFact,
    ConnectorState,
    Ended,
    Measured,
    Started,
    Transaction,
    readings_in,
)
from loadtest.ocpp.ocppj import CallFailed, Disconnected
from loadtest.proof.ledger import Entry
from loadtest.run.caller import Caller
from loadtest.station.curve import AC_3, Charged, Curve, Meter, advance

SAMPLE_EVERY_S = 10
BETWEEN_S = 5
REFUSED_LIMIT = 5
RETRY_S = 0.5

CURVES = tuple(
    Curve(peak_w=peak_w, battery_wh=60_000, soc_start_percent=20.0, soc_target_percent=100.0)
    for peak_w in range(3_680, 22_080, 1_150)
)


@lru_cache(maxsize=len(CURVES) * 128)
def charged_after(curve: Curve, samples: int) -> Charged:
    """The energy after so many samples; remembered, for all sessions of a curve are alike."""
    if samples == 0:
        return Charged()
    return advance(curve, charged_after(curve, samples - 1), SAMPLE_EVERY_S)


class SessionMaker:
    """One station's sessions, one after the other.

    Its time line begins some hours ago and moves by each session's length, so that energy, power and time agree however
    fast sessions follow each other.
    """

    __slots__ = ("_assignment", "_at", "_caller", "_meter", "_number", "_word")

    def __init__(self, assignment: Assignment, caller: Caller) -> None:
        self._assignment = assignment
        self._caller = caller
        self._number = 0
        self._word = "Available"
        self._at = datetime.now(UTC) - timedelta(seconds=assignment.backdate_s)
        self._meter = Meter(outlet=AC_3, start_ws=self._dice().randrange(10**6) * 3_600)

    async def charge(self) -> None:
        """One session; what came of it is in the ledger."""
        caller, samples = self._caller, self._assignment.meter_values
        dice = self._dice()
        curve = dice.choice(CURVES)
        await self._become("Preparing")
        authorization = caller.dialect.authorize(caller.token)
        answer = await caller.call(authorization.action, authorization.encoded())
        if answer is None:
            return
        if not caller.dialect.authorized(answer):
            caller.counting.tally.failed("Authorize", f"token {caller.token} is not accepted")
            return
        chosen = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        transaction = Transaction(
            evse=1,
            token=caller.token,
            transaction_id=chosen if caller.dialect.chooses_transaction_id else None,
            meter_start_wh=self._meter.sample(curve, Charged(), at=self._at).register_wh,
        )
        await self._tell(curve, transaction)
        self._meter = self._meter.after(charged_after(curve, samples + 1))
        self._at += timedelta(seconds=(samples + 1) * SAMPLE_EVERY_S + BETWEEN_S)
        await self._become("Finishing")
        await self._become("Available")

    async def _become(self, state: ConnectorState) -> None:
        """StatusNotification where the run has them, and the version has a word of its own for it."""
        word = self._caller.dialect.connector_word(state)
        if self._assignment.statuses and word != self._word:
            self._word = word
            await self._caller.say_status(state)

    def _dice(self) -> Random:
        """The chance of the next session: made anew, for thousands of stations that remember theirs would be large."""
        self._number += 1
        return Random(f"{self._assignment.seed}:{self._caller.name}:{self._number}")

    async def _tell(self, curve: Curve, transaction: Transaction) -> None:
        """Start, samples and stop; what is acknowledged goes to the ledger, whatever else happens."""
        begun, acknowledged, readings, stop_wh = self._at, 0, 0, None
        try:
            for fact in self._facts(curve, transaction):
                if not await self._acknowledged(fact, transaction):
                    break
                acknowledged += 1
                if isinstance(fact, Started):
                    await self._become("Charging")
                if isinstance(fact, Measured):
                    readings += readings_in(fact.sample)
                if isinstance(fact, Ended):
                    stop_wh = fact.sample.register_wh
                    self._caller.counting.tally.counts["sessions"] += 1
        finally:
            state = "unsure" if acknowledged == 0 else "open"
            self._caller.counting.tally.sessions.append(
                Entry(
                    station=self._caller.name,
                    transaction_id=transaction.transaction_id or "",
                    state="ended" if stop_wh is not None else state,  # type: ignore[arg-type]  # one of the two above
                    started_at=begun,
                    meter_start_wh=transaction.meter_start_wh,
                    meter_stop_wh=stop_wh,
                    facts=acknowledged,
                    readings=readings,
                )
            )

    def _facts(self, curve: Curve, transaction: Transaction) -> list[AnyFact]:
        samples = self._assignment.meter_values
        begin = self._meter.sample(curve, Charged(), at=self._at, context=BEGIN)
        facts: list[AnyFact] = [
            Started(at=self._at, seq_no=transaction.seq_no(), sample=begin, trigger="Authorized", authorized=True)
        ]
        for number in range(1, samples + 1):
            at = self._at + timedelta(seconds=number * SAMPLE_EVERY_S)
            sample = self._meter.sample(curve, charged_after(curve, number), at=at)
            facts.append(Measured(at=at, seq_no=transaction.seq_no(), sample=sample))
        over = self._at + timedelta(seconds=(samples + 1) * SAMPLE_EVERY_S)
        last = self._meter.sample(curve, charged_after(curve, samples + 1), at=over, context=END)
        facts.append(Ended(at=over, seq_no=transaction.seq_no(), sample=last, reason="Local"))
        return facts

    async def _acknowledged(self, fact: AnyFact, transaction: Transaction) -> bool:
        """Send a fact until it is answered, over as many connections as it takes; False where it is refused for good."""
        if self._assignment.pause_s and not isinstance(fact, Started):
            await asyncio.sleep(self._assignment.pause_s)
        message = self._caller.dialect.fact(fact, transaction)
        assert message is not None
        payload = message.encoded()
        refused = 0
        while refused < REFUSED_LIMIT:
            try:
                answer = await self._caller.timed(message.action, payload)
            except Disconnected:
                continue  # the next call waits until the station is back
            except CallFailed:
                refused += 1
                await asyncio.sleep(RETRY_S * refused)
                continue
            if isinstance(fact, Started):
                transaction.transaction_id = (
                    self._caller.dialect.started(answer).transaction_id or transaction.transaction_id
                )
            return True
        self._caller.counting.tally.counts["facts given up"] += 1
        return False
