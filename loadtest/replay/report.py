"""Report: what a replay has sent, and how the CSMS answered compared with then. PURE."""

from collections.abc import Iterator

import msgspec

from loadtest.replay.comparing import Difference


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange, then and now. `number`: its place among those of its station and direction, from 1."""

    station: str
    number: int
    action: str
    direction: str
    differences: tuple[Difference, ...] = ()


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A replay. `compared`: every message that was sent, and every CALL of the CSMS that came, with what differs.

    `unsent`: sentences on messages that were not sent. `unexpected`: CALLs that the log does not have. `awaited`: CALLs in the log
    that did not come: most are commands of operators, which nobody gives again. `notes`: what of the file could not be replayed.
    """

    compared: tuple[Compared, ...] = ()
    unsent: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    awaited: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def different(self) -> tuple[Compared, ...]:
        """The exchanges that are not as then."""
        return tuple(each for each in self.compared if each.differences)

    @property
    def same(self) -> bool:
        """Whether everything was sent and answered as then."""
        return not self.different and not self.unsent and not self.unexpected

    def lines(self) -> Iterator[str]:
        """The report as people read it."""
        for direction, what in (("in", "messages sent"), ("out", "CALLs of the CSMS")):
            some = [each for each in self.compared if each.direction == direction]
            same = sum(not each.differences for each in some)
            if some or direction == "in":
                yield f"{len(some)} {what}, {same} {'answered ' if direction == 'in' else ''}as then"
        for each in self.different:
            for difference in each.differences:
                who = "" if each.direction == "in" else "CALL of the CSMS "
                yield f"  {each.station}: {who}{each.number} {each.action}: {difference}"
        yield from _list("not sent", self.unsent)
        yield from _list("CALLs that did not come then", self.unexpected)
        yield from _list("CALLs that came then and not now (commands wait for an operator)", self.awaited)
        yield from _list("not in the replay", self.notes)


def _list(title: str, sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield f"{title}:"
        yield from (f"  {sentence}" for sentence in sentences)


def joined(reports: tuple[Report, ...], notes: tuple[str, ...]) -> Report:
    """The reports of several stations as one."""
    return Report(
        compared=tuple(each for report in reports for each in report.compared),
        unsent=tuple(each for report in reports for each in report.unsent),
        unexpected=tuple(each for report in reports for each in report.unexpected),
        awaited=tuple(each for report in reports for each in report.awaited),
        notes=notes,
    )
