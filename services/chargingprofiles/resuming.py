"""Resuming: a transaction that a station goes on with after a boot gets its profiles again (2.1, E17.FR.15). PURE.

A station may keep them over a boot (`ChargingProfilePersistence`); then it gets the same ones once more, which changes nothing.
"""

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import CommandRequested
from schemas.profilecommands import SetChargingProfile
from schemas.states.chargingprofiles import StationProfiles
from schemas.transactions import SessionChanged
from services.chargingprofiles.standing import standings

WITHIN = timedelta(minutes=10)
"""A station that is away again for longer says anew that it goes on."""


def again_after_resume(
    before: StationProfiles, after: StationProfiles, session: SessionChanged
) -> Iterator[CommandRequested]:
    """The profiles of a transaction, to be set again where the session says of a resumption that was not known before."""
    known = next((one.resumed_at for one in before.transactions if one.session == session.session), None)
    if session.resumed_at is None or (known is not None and session.resumed_at <= known) or session.status != "active":
        return
    for number, one in sorted(standings(after).items()):
        ours = one.source == "CSO" and one.profile.purpose == "TxProfile" and one.status in ("installed", "unconfirmed")
        if ours and one.transaction_id == session.transaction_id:
            profile = replace(one.profile, profile_id=number, transaction_id=session.transaction_id)
            yield CommandRequested(
                id=derived_id(session.session, "resumed", session.resumed_at.isoformat(), number),
                station=session.station,
                command=SetChargingProfile(evse=one.evse, profile=profile),
                requested_at=session.changed_at,
                expires_at=session.changed_at + WITHIN,
                requested_by="chargingprofiles",
            )
