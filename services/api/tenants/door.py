"""Door: has a request wait for its turn before anything of it is done."""

import asyncio
from collections.abc import Callable, Collection
from http import HTTPStatus

from services.api.tenants.turns import Turn, Turns
from services.api.web.metrics import TURNS_WAITING, TURNS_WORKING
from services.api.web.problems import Problem

PATIENCE_S = 1.0
"""A tenant that presses goes last for so long, then its next request is begun whatever others do."""

DEPLOYMENT = ""
"""Whose requests never wait."""


class Door:
    """Gives requests their turns. `presses`: whether a tenant was refused by its quotas a moment ago."""

    def __init__(self, *, at_once: int, waiting: int, presses: Callable[[str], bool]) -> None:
        self._turns = Turns(at_once=at_once, waiting=waiting, presses=presses)
        TURNS_WORKING.set_function(lambda: self._turns.working)
        TURNS_WAITING.set_function(lambda: self._turns.waiting)

    async def turn(self, tenants: Collection[str]) -> Turn:
        """Return when a request of whom these tenants limit may begin; the caller ends the turn. Raises Problem: 429.

        Who is limited to several takes the turns of the first.
        """
        begun = asyncio.Event()
        tenant = min(tenants, default=DEPLOYMENT)
        turn = self._turns.ask(tenant, begun.set)
        if turn is None:
            raise Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"As many requests of the tenant {tenant} wait for their turn as may. Try again in 1 s.",
                headers={"Retry-After": "1"},
            )
        try:
            await self._begun(turn, begun)
        except BaseException:
            turn.end()
            raise
        return turn

    @staticmethod
    async def _begun(turn: Turn, begun: asyncio.Event) -> None:
        if begun.is_set():
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                await begun.wait()
        except TimeoutError:
            turn.insist()
            await begun.wait()
