"""Logins: logins of the console that were ended before they expired. PURE."""

from schemas.base import Record, Timestamp
from schemas.topic import DAY_S, Topic


class LoginEnded(Record, frozen=True, kw_only=True, tag="login-ended"):
    """A person logged out: the login is void everywhere, although its cookie is valid until `until`."""

    login: str
    until: Timestamp
    ended_at: Timestamp


LOGINS_KEPT_S = 31 * DAY_S

LOGINS = Topic(
    name="csms.logins",
    meaning="Logins to the console that were ended by hand, for as long as their cookies could hold.",
    records=(LoginEnded,),
    key="login",
    retention_s=LOGINS_KEPT_S,
)

TOPICS = (LOGINS,)
