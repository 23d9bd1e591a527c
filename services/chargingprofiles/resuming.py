"""Resuming: a transaction that a station goes on with after a boot gets its profiles again (2.1, E17.FR.15). PURE.

A station may keep them over a boot (`ChargingProfilePersistence`); then it gets the same ones once more, which changes nothing.
"""

from collections.abc import Iterator
from datetime import timedelta

from schemas.base import derived_id
from schemas.commands import CommandRequested
from schemas.states.chargingprofiles import StationProfiles
from schemas.transactions import SessionChanged
from services.chargingprofiles.standing import set_again, tx_profiles

WITHIN = timedelta(minutes=10)
"""A station that is away again for longer says anew that it goes on."""


def again_after_resume(
    before: StationProfiles, after: StationProfiles, session: SessionChanged
) -> Iterator[CommandRequested]:
    """The profiles of a transaction, to be set again where the session says of a resumption that was not known before."""
    known = next((one.resumed_at for one in before.transactions if one.session == session.session), None)
    if session.resumed_at is None or (known is not None and session.resumed_at <= known) or session.status != "active":
        return
    for one in tx_profiles(after, session.transaction_id):
        yield CommandRequested(
            id=derived_id(session.session, "resumed", session.resumed_at.isoformat(), one.profile_id),
            station=session.station,
            command=set_again(one),
            requested_at=session.changed_at,
            expires_at=session.changed_at + WITHIN,
            requested_by="chargingprofiles",
        )
