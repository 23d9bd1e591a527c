"""Turns: whose request is worked on now, and whose waits for its turn. PURE.

A tenant has some requests in progress at once; its others wait in a queue of its own, so that they stand in nobody else's way. A tenant
that presses, because it was refused by its quotas a moment ago, goes last: it is let in one request at a time, and while no request of
a tenant that does not press is in progress. Tenants that press are let in one after the other.
"""

from collections import deque
from collections.abc import Callable


class Turn:
    """A request. `working`: it is in progress. `patient`: it goes last where its tenant presses."""

    __slots__ = ("_let_in", "_turns", "patient", "pressing", "tenant", "waits", "working")

    def __init__(self, turns: "Turns", tenant: str, let_in: Callable[[], None]) -> None:
        self._turns = turns
        self._let_in = let_in
        self.tenant = tenant
        self.waits = False
        self.working = False
        self.pressing = False
        self.patient = True

    def begin(self, *, pressing: bool) -> None:
        """It is in progress from now on."""
        self.waits, self.working, self.pressing = False, True, pressing
        self._let_in()

    def end(self) -> None:
        """It is over, or does nothing but wait from now on; a second time it does nothing."""
        self._turns.over(self)

    def insist(self) -> None:
        """It has waited for others long enough: only its own tenant's requests go before."""
        self.patient = False
        self._turns.look()


class Turns:
    """The requests of every tenant. `at_once`, `waiting`: of each tenant, in progress and behind. The deployment's own ("") never wait."""

    def __init__(self, *, at_once: int, waiting: int, presses: Callable[[str], bool]) -> None:
        self._at_once = at_once
        self._waiting = waiting
        self._presses = presses
        self._working: dict[str, int] = {}
        self._queues: dict[str, deque[Turn]] = {}
        self._pressing = 0
        self._calm = 0

    @property
    def working(self) -> int:
        """Requests in progress."""
        return self._calm + self._pressing

    @property
    def waiting(self) -> int:
        """Requests that wait for their turn."""
        return sum(map(len, self._queues.values()))

    def ask(self, tenant: str, let_in: Callable[[], None]) -> Turn | None:
        """A request; `let_in` is called when it begins, perhaps at once. None: as many of the tenant wait as may."""
        turn = Turn(self, tenant, let_in)
        queue = self._queues.get(tenant)
        if queue is None and self._may_begin(turn):
            self._begin(turn)
            return turn
        if queue is None:
            queue = self._queues[tenant] = deque()
        if len(queue) >= self._waiting:
            if not queue:
                del self._queues[tenant]
            return None
        turn.waits = True
        queue.append(turn)
        return turn

    def over(self, turn: Turn) -> None:
        """A request is over, whether it waited or was in progress."""
        tenant = turn.tenant
        if turn.waits:
            turn.waits = False
            self._queues[tenant].remove(turn)
            if not self._queues[tenant]:
                del self._queues[tenant]
        elif turn.working:
            turn.working = False
            self._working[tenant] -= 1
            if not self._working[tenant]:
                del self._working[tenant]
            if turn.pressing:
                self._pressing -= 1
            else:
                self._calm -= 1
        self.look()

    def look(self) -> None:
        """Let in what may begin now, tenants one after the other."""
        while self._let_in_of_each():
            pass

    def _let_in_of_each(self) -> bool:
        """Let in one request of each tenant whose next may begin; whether there was any."""
        any_begun = False
        for tenant in tuple(self._queues):
            queue = self._queues[tenant]
            if not self._may_begin(queue[0]):
                continue
            self._begin(queue.popleft())
            any_begun = True
            del self._queues[tenant]
            if queue:
                self._queues[tenant] = queue  # behind the others
        return any_begun

    def _may_begin(self, turn: Turn) -> bool:
        if not turn.tenant:
            return True
        working = self._working.get(turn.tenant, 0)
        if not self._presses(turn.tenant):
            return working < self._at_once
        return not working and (not turn.patient or not (self._calm or self._pressing))

    def _begin(self, turn: Turn) -> None:
        pressing = bool(turn.tenant) and self._presses(turn.tenant)
        self._working[turn.tenant] = self._working.get(turn.tenant, 0) + 1
        if pressing:
            self._pressing += 1
        else:
            self._calm += 1
        turn.begin(pressing=pressing)
