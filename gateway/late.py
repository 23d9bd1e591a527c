"""Late: the answer to a transaction start whose decision does not come in time, by the policy of its site. PURE.

A late start never gets a CALLERROR: the station would continue with a transaction id of its own. It is answered Accepted where its
token was recently accepted here (or where the site accepts all), else Invalid. If the decision then differs, the station gets a
remote stop.
"""

import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from schemas.authorization import AuthorizationDecided
from schemas.settings import words_of_sites

LatePolicy = Literal["known", "accept", "reject"]
LateStatus = Literal["Accepted", "Invalid"]
StatusOf = Callable[[str, dt.datetime], LateStatus]
"""The answer to a start with that token (its key) at that moment."""


def nobody(_token: str, _at: dt.datetime) -> LateStatus:
    """Answer Invalid for every token."""
    return "Invalid"


class LateStarts:
    """The policies, and the `limit` tokens most recently accepted here."""

    def __init__(self, policy: LatePolicy, sites: Mapping[str, LatePolicy], *, limit: int) -> None:
        self._policy = policy
        self._sites = sites
        self._limit = limit
        self._accepted: OrderedDict[str, dt.datetime | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._accepted)

    def learn(self, decision: AuthorizationDecided) -> None:
        """Note the decision on a token. ConcurrentTx is ignored: the token itself is still valid."""
        if not decision.token or decision.status == "ConcurrentTx":
            return
        self._accepted.pop(decision.token, None)
        if decision.status == "Accepted":
            self._accepted[decision.token] = decision.cache_until or decision.expires_at
            if len(self._accepted) > self._limit:
                self._accepted.popitem(last=False)

    def status(self, site: str, token: str, at: dt.datetime) -> LateStatus:
        """The answer to a late start with a token at a site."""
        policy = self._sites.get(site, self._policy)
        if policy == "known":
            expires_at = self._accepted.get(token)
            return "Accepted" if token in self._accepted and (expires_at is None or at < expires_at) else "Invalid"
        return "Accepted" if policy == "accept" else "Invalid"


def site_policies(text: str) -> dict[str, LatePolicy]:
    """Parse the policies of single sites from the setting: `berlin=accept, oslo=reject`. Raises BadSetting."""
    return words_of_sites(text, get_args(LatePolicy), setting="late_start_sites")


NO_LATE_STARTS = LateStarts("reject", {}, limit=1)
"""Remembers no token: a start without a decision is answered Invalid."""
