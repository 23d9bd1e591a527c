"""Runs: the parts of one report, joined by the numbers that the station gives them. PURE.

A station counts its parts from 0 (2.0.1 part 2, NotifyReportRequest: `seqNo`); some count from 1. A number that comes once more is the
same part, sent again, as long as the report is not whole; after that it begins another report under the same request id.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from schemas.reports import UNNUMBERED, ReportPart
from schemas.states.reports import Asked, Run

MOST_MISSING = 100
FIRST_NUMBERS = (0, 1)
"""What stations give their first part."""


def joined(runs: tuple[Run, ...], part: ReportPart) -> tuple[Run, ...]:
    """The runs with one part more; the very same ones where that part was read before."""
    alike = [run for run in runs if (run.message, run.request_id) == (type(part).message, part.request_id)]
    if part.seq_no == UNNUMBERED:
        part = replace(part, seq_no=_place(alike, part))
    if not alike:
        return (*runs, _begun(part))
    newest = alike[-1]
    if part.received_at <= newest.last_at:  # read once more, or read late
        if any(run.first_at <= part.received_at <= run.last_at and has(run, part.seq_no) for run in alike):
            return runs
        lacking = next((run for run in alike if not is_whole(run) and not has(run, part.seq_no)), None)
        return runs if lacking is None else _with(runs, lacking, with_part(lacking, part))
    if part.seq_no in FIRST_NUMBERS and is_whole(newest):
        return (*runs, _begun(part))
    if has(newest, part.seq_no):
        return _with(runs, newest, replace(newest, last_at=part.received_at))  # sent again: a sign of life
    return _with(runs, newest, with_part(newest, part))


def _place(alike: list[Run], part: ReportPart) -> int:
    """The number of a part that has none: the next of its run, whose parts are read in the order in which they came."""
    if not alike or is_whole(alike[-1]) or part.received_at <= alike[-1].last_at:
        return FIRST_NUMBERS[0]
    return parts(alike[-1])


def _begun(part: ReportPart) -> Run:
    return Run(
        message=type(part).message,
        request_id=part.request_id,
        seqs=((part.seq_no, part.seq_no),),
        last=part.seq_no if part.last else None,
        items=part.size,
        first_at=part.received_at,
        last_at=part.received_at,
    )


def _with(runs: tuple[Run, ...], old: Run, new: Run) -> tuple[Run, ...]:
    return tuple(new if run is old else run for run in runs)


def with_part(run: Run, part: ReportPart) -> Run:
    """The run with a part that it does not have."""
    return replace(
        run,
        seqs=with_number(run.seqs, part.seq_no),
        last=part.seq_no if part.last else run.last,
        items=run.items + part.size,
        first_at=min(run.first_at, part.received_at),
        last_at=max(run.last_at, part.received_at),
    )


def with_number(ranges: Iterable[tuple[int, int]], number: int) -> tuple[tuple[int, int], ...]:
    """Ranges, in order and apart from each other, with a number that is in none of them."""
    low = high = number
    rest: list[tuple[int, int]] = []
    for first, last in ranges:
        if last == number - 1:
            low = first
        elif first == number + 1:
            high = last
        else:
            rest.append((first, last))
    return tuple(sorted((*rest, (low, high))))


def has(run: Run, number: int) -> bool:
    """Whether the part of that number has come."""
    return any(first <= number <= last for first, last in run.seqs)


def parts(run: Run) -> int:
    """How many parts have come."""
    return sum(last - first + 1 for first, last in run.seqs)


def missing(run: Run) -> tuple[int, ...]:
    """Numbers before the highest that have not come, 100 at most. A run that begins with 1 lacks no 0."""
    return tuple(number for number, _ in zip(_gaps(run), range(MOST_MISSING), strict=False))


def is_whole(run: Run) -> bool:
    """The last part and all before it have come."""
    return run.last is not None and next(_gaps(run), None) is None


def _gaps(run: Run) -> Iterator[int]:
    expected = 1 if run.seqs[0][0] == 1 else 0
    for first, last in run.seqs:
        yield from range(expected, first)
        expected = last + 1


def matched(asked: tuple[Asked, ...], runs: tuple[Run, ...]) -> dict[str, Run]:
    """The run of each request that has one, by the id of its command.

    A request id may be used again, by raw commands: parts answer the newest request before them that is still without any.
    """
    found: dict[str, Run] = {}
    by_time = sorted(asked, key=lambda one: (one.requested_at, one.command_id))
    for run in sorted(runs, key=lambda run: (run.first_at, run.seqs)):
        alike = [one for one in by_time if (one.message, one.request_id) == (run.message, run.request_id)]
        free = [one for one in alike if one.command_id not in found]
        before = [one for one in free if one.requested_at <= run.first_at]
        if free:
            found[(before or free[:1])[-1].command_id] = run
    return found
