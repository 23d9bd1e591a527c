"""Admissions: publishes what gateways need for the next handshake of a station. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.states.stations import StationState
from schemas.stations import AdmissionChanged
from services.stations.credentials import accepted_hashes


def with_admission(state: StationState, cause: str, at: datetime) -> tuple[StationState, list[Record]]:
    """Publish the admission of a station if it differs from the last published one."""
    now = state.now
    content: tuple[str, ...] = (
        now.registration or "",
        str(now.provisioned),
        str(now.removed),
        now.vendor,
        now.model,
        now.firmware_version,
    )
    opens = accepted_hashes(state.credentials)
    if opens:
        content = (*content, state.credentials.word, *opens)
    if state.highest_profile:
        content = (*content, f"profile {state.highest_profile}")
    digest = derived_id(*content)[:16]
    if digest == state.admission_told:
        return state, []
    changed = AdmissionChanged(
        id=derived_id(cause, "admission-changed"),
        station=now.station,
        registration=now.registration,
        provisioned=now.provisioned,
        removed=now.removed,
        vendor=now.vendor,
        model=now.model,
        firmware_version=now.firmware_version,
        password_hashes=opens,
        replaces=state.credentials.word if opens else "",
        security_profile=state.highest_profile,
        changed_at=at,
    )
    return replace(state, admission_told=digest), [changed]
