"""Charging profiles as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.chargingprofiles import CHARGING_PROFILE_STATES, ChargingProfileChanged
from services.api.chargingprofiles.rows import Profile, ProfileFilter, profile_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="charging-profile",
    topic=CHARGING_PROFILE_STATES,
    record=ChargingProfileChanged,
    id="charging_profile",
    row=profile_of,
    many="charging_profiles",
    one="charging_profile",
    filter=ProfileFilter,
    rules={
        "station": lambda profile, station: profile.station == station,
        "status": lambda profile, status: profile.status == status,
    },
    order=Order[Profile](place=lambda row: Position(micros(row.changed_at), row.charging_profile)),
)
