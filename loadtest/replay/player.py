"""Player: one station of a recording. It sends what it sent then, at the times of then, and gives the answers of then."""

import asyncio
from collections import defaultdict, deque
from typing import Any

import msgspec

from loadtest.ocpp.ocppj import Answer, CallError, CallFailed, Conversation, Disconnected
from loadtest.ocpp.versions import VERSIONS
from loadtest.ocpp.websocket import Refused, Target
from loadtest.replay.comparing import differences, payload_differences
from loadtest.replay.ids import Ids
from loadtest.replay.recording import MASK, Answered, Connection, Exchange, Recording
from loadtest.replay.report import Compared, Report


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How fast a recording is played. `speed`: times as fast as then; no pause is longer than `longest_pause_s`.

    `linger_s`: how long a connection stays open for CALLs of the CSMS after its last message.
    """

    speed: float = 1.0
    longest_pause_s: float = 60.0
    linger_s: float = 1.0
    timeout_s: float = 30.0


class Player:
    """Plays one station, under the name `target.station`; every difference is about the names of then."""

    def __init__(
        self, recording: Recording, target: Target, pace: Pace, *, ignored: frozenset[str] = frozenset()
    ) -> None:
        self._recording = recording
        self._target = target
        self._pace = pace
        self._ignored = ignored
        self._ids = Ids()
        self._compared: list[Compared] = []
        self._unsent: list[str] = []
        self._unexpected: list[str] = []
        self._numbers = {"in": 0, "out": 0}
        self._heard: defaultdict[str, deque[Exchange]] = defaultdict(deque)
        self._last_heard: dict[str, Exchange] = {}
        self._last_at = recording.began_at

    async def play(self) -> Report:
        """Every connection in turn."""
        for connection in self._recording.connections:
            for each in connection.heard:
                self._heard[each.action].append(each)
        for connection in self._recording.connections:
            if connection.said:
                await self._connection(connection)
        return Report(
            compared=tuple(self._compared),
            unsent=tuple(self._unsent),
            unexpected=tuple(self._unexpected),
            awaited=tuple(f"{self._recording.station}: {action}" for action, rest in self._heard.items() for _ in rest),
        )

    async def _connection(self, connection: Connection) -> None:
        await self._until(connection.said[0])
        conversation = Conversation(self._answer)
        subprotocol = VERSIONS[connection.version].dialect.subprotocol
        try:
            await conversation.open(msgspec.structs.replace(self._target, subprotocol=subprotocol))
        except (Refused, OSError) as error:
            self._not_sent(connection.said, f"no connection: {error}")
            return
        try:
            for number, exchange in enumerate(connection.said):
                await self._until(exchange)
                if not await self._say(conversation, exchange):
                    self._not_sent(connection.said[number + 1 :], "the connection ended before")
                    return
            await asyncio.sleep(self._pace.linger_s)
        finally:
            conversation.close()

    async def _until(self, exchange: Exchange) -> None:
        """Wait as long as then between the message before and this one, at the chosen speed."""
        pause_s = (exchange.at - self._last_at).total_seconds() / self._pace.speed
        self._last_at = max(self._last_at, exchange.at)
        await asyncio.sleep(min(max(0.0, pause_s), self._pace.longest_pause_s))

    async def _say(self, conversation: Conversation, exchange: Exchange) -> bool:
        """Send one message, and compare its answer; False where the connection is over."""
        payload = msgspec.json.encode(self._ids.translated(exchange.payload))
        ended = False
        now: Answered | None = None
        try:
            if exchange.one_way:
                conversation.tell(exchange.action, payload)
            else:
                answer = await conversation.call(exchange.action, payload, timeout_s=self._pace.timeout_s)
                now = Answered(payload=msgspec.json.decode(answer))
        except CallError as error:
            now = Answered(error=error.code)
        except Disconnected:
            ended = True
        except CallFailed:
            pass  # no answer in time: `now` says so
        if now is not None and exchange.answer is not None:
            self._ids.learn(exchange.answer.payload, now.payload)
        self._note(exchange.action, "in", differences(exchange.answer, now, self._ignored))
        return not ended

    def _answer(self, action: str, payload: bytes) -> Answer:
        """The answer to a CALL of the CSMS: as then to the next CALL of that action, or as to the last one."""
        now = msgspec.json.decode(payload)
        waiting = self._heard[action]
        then = waiting.popleft() if waiting else None
        if then is None:
            self._unexpected.append(f"{self._recording.station}: {action}")
            then = self._last_heard.get(action)
        else:
            self._last_heard[action] = then
            self._ids.learn(then.payload, now)
            self._note(action, "out", payload_differences(then.payload, now, self._ignored))
        return self._answered(action, then)

    def _answered(self, action: str, then: Exchange | None) -> Answer:
        if then is None or then.answer is None or MASK in (then.answer.payload, then.answer.error):
            return Answer(error_code="NotImplemented", error_description=f"the log has no answer to {action}")
        if then.answer.error:
            return Answer(error_code=then.answer.error, error_description="as then")
        return Answer(payload=msgspec.json.encode(self._ids.translated(then.answer.payload)))

    def _note(self, action: str, direction: str, found: Any) -> None:
        self._numbers[direction] += 1
        one = Compared(
            station=self._recording.station,
            number=self._numbers[direction],
            action=action,
            direction=direction,
            differences=found,
        )
        self._compared.append(one)

    def _not_sent(self, exchanges: tuple[Exchange, ...], why: str) -> None:
        self._unsent += [f"{self._recording.station}: {each.action}: {why}" for each in exchanges]
