"""Clocks: estimates the offset of a station's clock from the messages of one connection.

The lag of a message is its time of arrival minus the time it states. A lag is the sum of the clock's error (how far it is behind
ours) and the delay of the message; the delay is never negative. These rules keep a late message from being taken for a wrong clock:

1.  A lag of `RIGHT_S` at most, either way: the clock is right, and all samples are dropped.
2.  The smallest lag of the last `KEPT` messages counts, and those that agree with it within `AGREE_S`; larger lags are delays.
3.  A clock ahead of ours (a negative lag, which no delay makes) is accepted once `AHEAD_NEEDS` messages agree.
4.  A clock behind ours is accepted once `BEHIND_NEEDS` messages agree, at least one of them not meter values (which some stations
    send a whole interval after they measured), and they arrived over `STEADY_S`: queued messages arrive in a burst with shrinking
    lags, and statuses repeated after a reconnect all have one old time. Instead of `STEADY_S`, a start suffices whose token was
    authorized on this connection just before, because the driver was present then.
5.  An accepted offset stays until messages agree on one that differs by more than `AGREE_S`; a lag that is smaller by more
    (the clock cannot be that far behind) ends it at once.

The answers to Heartbeat and BootNotification give stations the time: a station that sets its clock by them is right with its next
message (rule 1). Impossible times (`moments`) and messages marked as queued are no samples.
"""

import datetime as dt

import msgspec

RIGHT_S = 10.0
RIGHT = dt.timedelta(seconds=RIGHT_S)
AGREE_S = 5.0
STEADY_S = 15.0
KEPT = 5
AHEAD_NEEDS = 2
BEHIND_NEEDS = 3
AUTHORIZED_WITHIN_S = 120.0


class Sample(msgspec.Struct, frozen=True, gc=False):
    """A message with a time: its arrival, its lag in seconds. `meter`: it was meter values. `live`: it cannot be delayed."""

    came_at: dt.datetime
    lag_s: float
    meter: bool = False
    live: bool = False


class StationClock:
    """The clock of one station during one connection. `offset_s` is to be added to the times of its messages.

    `needs_check`: a message had a time that a right clock would not show, so it has to be observed.
    """

    __slots__ = ("_samples", "_token", "_token_at", "needs_check", "offset_s")

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s
        self.needs_check = False
        self._samples: tuple[Sample, ...] = ()
        self._token = ""
        self._token_at: dt.datetime | None = None

    @property
    def right(self) -> bool:
        """Whether nothing speaks against the clock, so that a message with the right time changes nothing."""
        return not self.offset_s and not self._samples

    def note_token(self, token: str, came_at: dt.datetime) -> None:
        """The station asked to authorize a token."""
        self._token, self._token_at = token, came_at

    def token_just_authorized(self, token: str, came_at: dt.datetime) -> bool:
        """Whether the station asked to authorize this token on this connection within AUTHORIZED_WITHIN_S."""
        if self._token_at is None or token != self._token:
            return False
        return (came_at - self._token_at).total_seconds() <= AUTHORIZED_WITHIN_S

    def observe(self, at: dt.datetime, came_at: dt.datetime, *, meter: bool = False, live: bool = False) -> None:
        """Observe a message that arrived at `came_at` and states `at` by the station's clock, both in UTC."""
        lag_s = (came_at - at).total_seconds()
        if abs(lag_s) <= RIGHT_S:
            self.offset_s, self._samples = 0.0, ()
            return
        if lag_s < self.offset_s - AGREE_S:
            self.offset_s = 0.0
        self._samples = (*self._samples[1 - KEPT :], Sample(came_at, lag_s, meter, live))
        agreed = _agreed_lag(self._samples)
        if agreed is not None and abs(agreed - self.offset_s) > AGREE_S:
            self.offset_s = agreed


def _agreed_lag(samples: tuple[Sample, ...]) -> float | None:
    """The lag that must be a clock error; None where delays alone may explain the samples."""
    least = min(sample.lag_s for sample in samples)
    agreeing = [sample for sample in samples if sample.lag_s <= least + AGREE_S]
    if least < 0:
        return least if len(agreeing) >= AHEAD_NEEDS else None
    if len(agreeing) < BEHIND_NEEDS or all(sample.meter for sample in agreeing):
        return None
    over_s = (agreeing[-1].came_at - agreeing[0].came_at).total_seconds()
    steady = over_s >= STEADY_S or any(sample.live for sample in agreeing)
    return least if steady else None
