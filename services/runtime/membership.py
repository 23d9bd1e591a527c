"""Membership: what a consumer knows of its place in its group; aiokafka keeps it to itself."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka.errors import KafkaError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import JoinGroupRequest

FRESH = 0.4
"""Of the session timeout, and two heartbeats: a confirmation as young as that leaves the rest to what only a member may do."""


NO_PLACE = (OffsetCommitRequest.DEFAULT_GENERATION_ID, JoinGroupRequest.UNKNOWN_MEMBER_ID)
"""What aiokafka holds before it has joined, and after the group has put it out."""


class Membership:
    """When the group confirmed this member last, and as whom. Written by the consumer's thread, read by any.

    A heartbeat that is answered was taken by the coordinator after it was sent: the place stands from then for a session timeout.
    """

    def __init__(self, session_timeout_s: float) -> None:
        self.over = False
        """The group has put this member out, and it does not join again."""
        self._fresh_s = FRESH * session_timeout_s
        self._confirmed_at = float("-inf")
        self._coordinator: Any = None

    def watch(self, coordinator: Any) -> None:
        """Note what a group coordinator's heartbeats and joins bring."""
        beat, joined = coordinator._do_heartbeat, coordinator._on_join_complete

        async def beaten() -> bool:
            sent_at = time.monotonic()
            confirmed = await _or_again(beat)
            if confirmed:
                self._confirmed_at = sent_at
            return confirmed

        async def has_joined(*told: Any) -> None:
            self._confirmed_at = time.monotonic()
            await joined(*told)

        coordinator._do_heartbeat, coordinator._on_join_complete = beaten, has_joined
        self._coordinator = coordinator

    def end_when_lost(self) -> None:
        """Have the watched coordinator join only once: whoever is put out ends, and begins anew with another.

        Else it would join again while it is being stopped, and leave a member behind that the next one waits for.
        """
        coordinator = self._coordinator
        reset = coordinator.reset_generation

        def put_out() -> None:
            joined = coordinator.generation > 0
            reset()
            if joined and not coordinator._closing.done():
                self.over = True
                coordinator._closing.set_result(None)

        coordinator.reset_generation = put_out

    @property
    def place(self) -> tuple[int, str]:
        """The generation of the group and this member's id in it; another one when the place was lost."""
        coordinator = self._coordinator
        return NO_PLACE if coordinator is None else (coordinator.generation, coordinator.member_id)

    @property
    def fresh(self) -> bool:
        """The group has confirmed the place so lately that nobody else can have it for a while."""
        return time.monotonic() - self._confirmed_at < self._fresh_s


async def _or_again(beat: Callable[[], Awaitable[bool]]) -> bool:
    """A heartbeat; a coordinator that still loads its groups, after a restart, is asked again.

    aiokafka would end the heartbeats for good, and with them the membership.
    """
    try:
        return await beat()
    except KafkaError as error:
        if type(error) is KafkaError:  # what aiokafka makes of an answer that it does not know
            return False
        raise
