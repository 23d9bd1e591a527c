"""Stations that charge at full power and keep to the limits that they are told: what each does in the scenario `limits`."""

import asyncio
import uuid
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import msgspec

from loadtest.ocpp.messages import BEGIN, Measured, Sample, Started, Transaction
from loadtest.ocpp.ocppj import CallFailed, Disconnected
from loadtest.run.caller import Caller
from loadtest.run.profiles import PHASES, VOLTS

if TYPE_CHECKING:
    from loadtest.run.loops import Run

FULL_W = 11_040
SAMPLE_EVERY_S = 30.0
OBEYS_WITHIN_S = 3.0


async def limited(run: "Run", caller: Caller) -> None:
    """Charge from the beginning to the end of the run; say the new power within three seconds of a limit, else every half minute."""
    dice = Random(f"{caller.name}:obeying")
    await asyncio.sleep(dice.uniform(0.0, SAMPLE_EVERY_S / 2))
    chosen = str(uuid.UUID(int=dice.getrandbits(128), version=4))
    transaction = Transaction(
        evse=1,
        token=caller.token,
        transaction_id=chosen if caller.dialect.chooses_transaction_id else None,
        meter_start_wh=0,
    )
    register_wh, since, power_w = 0.0, datetime.now(UTC), 0
    context = BEGIN
    while run.open:
        now = datetime.now(UTC)
        register_wh += power_w * (now - since).total_seconds() / 3_600
        since, power_w = now, min(FULL_W, int(caller.limit_w if caller.limit_w is not None else FULL_W))
        sample = Sample(
            at=now,
            register_wh=int(register_wh),
            power_w=power_w,
            voltage_v=VOLTS,
            current_a=power_w / VOLTS / PHASES,
            phases=PHASES,
        )
        if context == BEGIN:
            began = msgspec.structs.replace(sample, context=BEGIN)
            started = Started(at=now, seq_no=transaction.seq_no(), sample=began, trigger="Authorized", authorized=True)
            if not await _said(caller, started, transaction):
                continue
            context = ""
        await _said(caller, Measured(at=now, seq_no=transaction.seq_no(), sample=sample), transaction)
        caller.told.clear()
        try:
            await asyncio.wait_for(caller.told.wait(), SAMPLE_EVERY_S * dice.uniform(0.9, 1.1))
            await asyncio.sleep(dice.uniform(0.5, OBEYS_WITHIN_S))
        except TimeoutError:
            continue


async def _said(caller: Caller, fact: Started | Measured, transaction: Transaction) -> bool:
    message = caller.dialect.fact(fact, transaction)
    assert message is not None
    try:
        answer = await caller.timed(message.action, message.encoded())
    except (CallFailed, Disconnected):
        return False
    if isinstance(fact, Started):
        transaction.transaction_id = caller.dialect.started(answer).transaction_id or transaction.transaction_id
    return True
