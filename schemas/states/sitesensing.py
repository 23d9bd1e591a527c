"""What `sitesensing` remembers of a station: what may be passed on to the sites whose trees name its EVSEs."""

from decimal import Decimal

import msgspec

from schemas.base import Timestamp
from schemas.chargingschedules import ChargingSchedule, RateUnit


class SensedSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest session of an EVSE, by its newest snapshot. `ended_at` is when it is over, as far as is known."""

    evse: int
    session: str
    revision: int
    transaction_id: str
    token: str = ""
    started_at: Timestamp
    ended_at: Timestamp | None = None
    over: bool = False
    charging_state: str = ""
    energy_wh: Decimal | None = None


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value of a meter: when it was measured, and the rank of where (the least counts)."""

    at: Timestamp
    value: Decimal
    rank: int = 0


class SensedMeter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The newest value of each quantity of an EVSE, or with 0 of the station's own meter: `A L1`, `A`, `W`, `W L2`, `V`, `SoC`, ..."""

    evse: int
    values: dict[str, Measured] = {}


class SensedLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What others than the CSMS limit the station to (`evse` 0), or an EVSE; without schedules: they took it back."""

    source: str
    evse: int
    schedules: tuple[ChargingSchedule, ...] = ()
    at: Timestamp


class Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was passed on last, by its digest, and as of when."""

    digest: str
    at: Timestamp


class StationSensed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `sitesensing` remembers of one station. Meters, `told` and `answered` are empty where no tree names it.

    `told` is by site and EVSE (`berlin-1 2`), or by site and meter. `answered` are the newest commands whose outcomes were passed on.
    `judged_at`: by when the limits of others were last looked at. `places`: the digest of the places in trees that are known.
    """

    station: str
    revision: int = 0
    connected: bool = False
    units_revision: int = 0
    units: tuple[RateUnit, ...] = ()
    sessions: tuple[SensedSession, ...] = ()
    meters: tuple[SensedMeter, ...] = ()
    limits: tuple[SensedLimit, ...] = ()
    told: dict[str, Told] = {}
    answered: tuple[str, ...] = ()
    judged_at: Timestamp | None = None
    places: str = ""
