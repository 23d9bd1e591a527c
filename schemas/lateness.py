"""Lateness: whether a service was away when a due time passed. PURE.

When a service was stopped, or its group was rebalancing, its deadlines have passed by the time it is back, while the records that would
have met them are still unread on its topics. So after a deadline that passed while it was away, a core reads on for a while before it
decides.
"""

from datetime import datetime, timedelta
from typing import Final

PUNCTUAL: Final = timedelta(seconds=5)
"""A running service gets its `Due` within this time."""


def missed(moment: datetime, now: datetime) -> bool:
    """Whether the service was away at `moment`, so that records from before it may still be unread."""
    return now - moment > PUNCTUAL
