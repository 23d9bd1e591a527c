"""Membership: whether a consumer is still a member of its group, as the group last confirmed. aiokafka has no API for this."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiokafka.errors import KafkaError
from aiokafka.protocol.commit import OffsetCommitRequest
from aiokafka.protocol.group import JoinGroupRequest

FRESH = 0.4
"""Share of the session timeout. A heartbeat answered this recently guarantees membership for the remaining 60 %, which is how long a
send may take (`attempt.PATIENCE`)."""


NO_MEMBER = (OffsetCommitRequest.DEFAULT_GENERATION_ID, JoinGroupRequest.UNKNOWN_MEMBER_ID)
"""The generation and member id that aiokafka has before it joins and after it has lost its membership."""


class Membership:
    """When the group last confirmed this member, and its identity then. Written by the consumer's thread, read by any.

    An answered heartbeat reached the coordinator after it was sent, so the membership lasts at least a session timeout from its sending.
    """

    def __init__(self, session_timeout_s: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self.over = False
        """The membership is lost, and the consumer does not join again."""
        self._fresh_s = FRESH * session_timeout_s
        self._confirmed_at = float("-inf")
        self._coordinator: Any = None
        self._now = now

    def watch(self, coordinator: Any) -> None:
        """Note when a group coordinator's heartbeats are answered and when it joins."""
        beat, joined = coordinator._do_heartbeat, coordinator._on_join_complete

        async def heartbeat_noted() -> bool:
            sent_at = self._now()
            confirmed = await _heartbeat_or_false(beat)
            if confirmed:
                self._confirmed_at = sent_at
            return confirmed

        async def join_noted(*arguments: Any) -> None:
            self._confirmed_at = self._now()
            await joined(*arguments)

        coordinator._do_heartbeat, coordinator._on_join_complete = heartbeat_noted, join_noted
        self._coordinator = coordinator

    def end_when_lost(self) -> None:
        """Have the watched coordinator end when it loses its membership instead of joining again.

        It would join again while it is being stopped, and leave a dead member behind that the next rebalance waits for.
        """
        coordinator = self._coordinator
        reset = coordinator.reset_generation

        def reset_and_end() -> None:
            joined = coordinator.generation > 0
            reset()
            if joined and not coordinator._closing.done():
                self.over = True
                coordinator._closing.set_result(None)

        coordinator.reset_generation = reset_and_end

    @property
    def identity(self) -> tuple[int, str]:
        """The generation of the group and this member's id in it; both change when the membership is lost."""
        coordinator = self._coordinator
        return NO_MEMBER if coordinator is None else (coordinator.generation, coordinator.member_id)

    @property
    def fresh(self) -> bool:
        """Whether the group confirmed the membership so recently that nobody else can own its partitions yet."""
        return self._now() - self._confirmed_at < self._fresh_s


async def _heartbeat_or_false(beat: Callable[[], Awaitable[bool]]) -> bool:
    """Send a heartbeat; False, so that it is sent again, while the coordinator still loads its groups after a restart.

    aiokafka would stop sending heartbeats then, and lose the membership.
    """
    try:
        return await beat()
    except KafkaError as error:
        if type(error) is KafkaError:  # aiokafka raises the base class for an error code it does not know
            return False
        raise
