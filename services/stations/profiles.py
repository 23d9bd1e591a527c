"""Security profiles: the highest that a station has connected with, below which it may not come back. PURE.

2.x part 2, A05: once a station has connected with a higher profile, a lower one is no longer accepted. Profiles 0 and 1 are not told
apart: a password that the operator takes away is no attack.
"""

from schemas.base import SecurityProfile

LEAST_KEPT = 2
"""From this profile on the connection is encrypted, and the station may not come back without encryption."""


def raised(highest: SecurityProfile, now: SecurityProfile | None) -> SecurityProfile:
    """The highest profile after a connection with the profile `now`; None where it is not known."""
    return now if now is not None and now >= LEAST_KEPT and now > highest else highest


def allowed(highest: SecurityProfile, least: SecurityProfile | None) -> SecurityProfile:
    """The highest profile after the operator set the least one of the station; a lower one allows what was refused before."""
    if least is None or least >= highest:
        return highest
    return least if least >= LEAST_KEPT else 0
