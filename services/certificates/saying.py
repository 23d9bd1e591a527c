"""Saying: each certificate that a station asked for as a whole, published where it is not what was published last. PURE."""

from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.signing import IssuedCertificateChanged
from schemas.states.signing import Said, StationSigning, Wanted

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def said(state: StationSigning, at: datetime) -> tuple[StationSigning, list[Record]]:
    """The state that knows what was published, and a snapshot of each certificate that changed."""
    before = {each.id: each for each in state.said}
    after, outputs = list[Said](), list[Record]()
    for one in state.wanted:
        last = before.get(one.id)
        changed = _changed(state.station, one, 1 if last is None else last.revision + 1, at)
        digest = _digest(changed)
        if last is not None and last.digest == digest:
            after.append(last)
            continue
        after.append(Said(id=one.id, revision=changed.revision, digest=digest))
        outputs.append(changed)
    return replace(state, said=tuple(after)), outputs


def _digest(changed: IssuedCertificateChanged) -> str:
    return derived_id(msgspec.json.encode(replace(changed, id="", revision=0, changed_at=_ANY_TIME)).decode())


def _changed(station: str, one: Wanted, revision: int, at: datetime) -> IssuedCertificateChanged:
    issued = one.issued
    return IssuedCertificateChanged(
        id=derived_id(one.id, "issued-certificate-changed", revision),
        certificate=one.id,
        station=station,
        revision=revision,
        use=one.use,
        status=one.status,
        detail=one.detail,
        subject=issued.subject if issued else one.subject,
        key=one.key,
        authority=one.authority,
        issuer=issued.issuer if issued else "",
        serial_number=issued.serial_number if issued else "",
        fingerprint=issued.fingerprint if issued else "",
        valid_from=issued.valid_from if issued else None,
        expires_at=issued.expires_at if issued else None,
        asked_at=one.asked_at,
        command_id=one.sending.command_id,
        installed_at=one.installed_at,
        ended_at=one.ended_at,
        renewal_asked_at=one.renewal.asked_at,
        changed_at=at,
    )
