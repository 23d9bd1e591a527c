"""State of `transactions` for a station: its sessions, their energy, and the last statuses of its connectors."""

from decimal import Decimal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Timestamp
from schemas.stationcosts import StationCost
from schemas.transactionlimits import NO_LIMIT, LimitKind, TransactionLimit


class Point(msgspec.Struct, frozen=True):
    """A value at a moment of the meter."""

    at: Timestamp
    value: Decimal


class EnergyAccount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The energy of a session: enough to compute it independent of the order of its facts.

    `told_*` are meterStart and meterStop, `begin` and `end` the readings of that context, `points` the turning points of the register
    (two while it only rises). `rank` is that of the measurement location, 0 is best. `suspect` is a reading that jumped.
    """

    told_start: Point | None = None
    told_stop: Point | None = None
    begin: Point | None = None
    end: Point | None = None
    points: tuple[Point, ...] = ()
    rank: int = 99
    suspect: Point | None = None
    erratic: bool = False
    interval_wh: Decimal | None = None
    interval_rank: int = 99
    interval_times: tuple[Timestamp, ...] = ()
    interval_forgotten: Timestamp | None = None


class SetLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limit that a station said it keeps to: the newest of its kind."""

    kind: LimitKind
    value: Decimal
    at: Timestamp
    seq: int = -1


class SessionLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a session is limited to: by its `token` in the form of `token_revision`, and as `ordered` by its remote start or an operator.

    `station` are the limits that its station said. `said` is what the station was told last.
    """

    token: TransactionLimit = NO_LIMIT
    token_revision: int = -1
    ordered: TransactionLimit = NO_LIMIT
    ordered_at: Timestamp | None = None
    station: tuple[SetLimit, ...] = ()
    said: TransactionLimit = NO_LIMIT


class StartLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The limit of a session that a remote start is to begin; `session` once that is known."""

    remote_start_id: int
    token: str
    evse: int | None = None
    limit: TransactionLimit
    at: Timestamp
    session: str = ""


class SessionState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One session. `seen` are digests of the facts last applied; `start_key` is a digest of its start.

    `first_at` and `last_at` are the station's times of its first and last known moment; `heard_at` and `end_heard_at` are our times of
    its first fact and of its end. `lag_us` is the smallest lag of a fact's own time behind its arrival.
    `resumed_at` is the station's time of the last event by which it went on with it after a boot. `events` are the sequence numbers of
    its 2.x events that came, as runs of (first, last).
    `over_at` is the newest evidence that it is over, `over_by` names it (an `Anomaly`), `alive_at` the last sign of life: both
    by the station's clock. It is presumed over while no sign of life is later than the evidence. `aliases` are other
    transaction ids of its station for it. `answered` is the status the station got, as transaction `answered_as`, when the decision
    was late; `verdict` is the decision. `ordered_end`, `told_*` and `released` are set by orders of operators, `orders` their ids.
    `station_tariff`, `station_cost` and `operation_mode` are the station's own, each with the number and time of the event that had it.
    `exported` is the account of the energy that the vehicle gave back, `export_power` its power.
    """

    session: str
    transaction_id: str
    start_key: str = ""
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None
    token_rank: int = 99
    token_at: Timestamp | None = None
    start_at: Timestamp | None = None
    first_at: Timestamp
    last_at: Timestamp
    heard_at: Timestamp | None = None
    lag_us: int | None = None
    end_at: Timestamp | None = None
    end_heard_at: Timestamp | None = None
    stopped_reason: str = ""
    stopped_detail: str = ""
    superseded: bool = False
    over_at: Timestamp | None = None
    over_by: str = ""
    alive_at: Timestamp | None = None
    charging_state: str = ""
    charging_state_at: Timestamp | None = None
    charging_state_seq: int = -1
    remote_start_id: int | None = None
    reservation_id: int | None = None
    offline: bool = False
    aliases: tuple[str, ...] = ()
    answered: str = ""
    answered_as: str = ""
    verdict: str = ""
    ordered_end: bool = False
    told_end_at: Timestamp | None = None
    told_energy_wh: Decimal | None = None
    released: bool = False
    orders: tuple[str, ...] = ()
    energy: EnergyAccount = EnergyAccount()
    power: Point | None = None
    soc: Point | None = None
    last_meter_at: Timestamp | None = None
    anomalies: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    events: tuple[tuple[int, int], ...] = ()
    resumed_at: Timestamp | None = None
    revision: int = 0
    changed_at: Timestamp | None = None
    station_tariff: str = ""
    station_tariff_place: tuple[int, Timestamp] | None = None
    station_cost: StationCost | None = None
    station_cost_place: tuple[int, Timestamp] | None = None
    limits: SessionLimits = SessionLimits()
    exported: EnergyAccount = EnergyAccount()
    export_power: Point | None = None
    operation_mode: str = ""
    operation_mode_place: tuple[int, Timestamp] | None = None


class ForgottenSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session that ended long ago: enough to match a late fact to it, and the packed session itself.

    `packed` is its `SessionState`, deflated, in base 85; absent in old states, where late facts change no session. `seen` are
    digests of the facts applied last.
    """

    session: str
    transaction_id: str
    start_key: str = ""
    started_at: Timestamp
    ended_at: Timestamp
    packed: str = ""
    seen: tuple[str, ...] = ()


class ConnectorWord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One status of a connector: the station's own word (1.6) or the common one, at its time (None: only our time is known)."""

    word: str
    at: Timestamp | None = None
    heard_at: Timestamp


class ConnectorWords(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The last statuses of one connector, oldest first."""

    evse: int
    connector: int
    words: tuple[ConnectorWord, ...] = ()


class RefusedStop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The station's word that it has no such transaction, at our time. `by`: an `Anomaly`; empty: it refused to stop it."""

    transaction_id: str
    at: Timestamp
    by: str = ""


class StationTransactions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/transactions` for one station: its running and its last sessions.

    `connectors` are the last statuses of its connectors, `booted_at` is our time of its last boot. `epoch` is the newest known
    connection, `away_since` when that ended; absent while it is open. `refused_stops` are the last remote stops that it refused: the
    session of one may become known only afterwards. `supports` are the limits that it keeps to by its report, `start_limits` those of
    the last remote starts.
    """

    station: str
    sessions: tuple[SessionState, ...] = ()
    forgotten: tuple[ForgottenSession, ...] = ()
    connectors: tuple[ConnectorWords, ...] = ()
    booted_at: Timestamp | None = None
    epoch: int = 0
    away_since: Timestamp | None = None
    refused_stops: tuple[RefusedStop, ...] = ()
    supports: tuple[LimitKind, ...] = ()
    start_limits: tuple[StartLimit, ...] = ()
