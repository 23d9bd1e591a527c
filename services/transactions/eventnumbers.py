"""Event numbers: which 2.x events of a transaction came, and how many are missing between the first and the last. PURE.

An event has a sequence number, one more than the event before it (2.x part 2, E, "Delivering transaction-related messages").
"""

from itertools import pairwise

Runs = tuple[tuple[int, int], ...]
"""Numbers that came, as runs of (first, last) in order, with something missing between each two."""

MOST_RUNS = 32
"""So many are kept of a session. Where there are more, what is missing between the first ones is forgotten."""


def with_number(runs: Runs, number: int) -> Runs:
    """The runs with one more number, whatever the order in which numbers come."""
    if any(first <= number <= last for first, last in runs):
        return runs
    joined: list[tuple[int, int]] = []
    for first, last in sorted((*runs, (number, number))):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    surplus = len(joined) - MOST_RUNS
    return tuple(joined) if surplus <= 0 else ((joined[0][0], joined[surplus][1]), *joined[surplus + 1 :])


def missing(runs: Runs) -> int:
    """How many numbers are missing between the first and the last."""
    return sum(later[0] - earlier[1] - 1 for earlier, later in pairwise(runs))
