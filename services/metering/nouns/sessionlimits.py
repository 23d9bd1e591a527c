"""Session limits in ClickHouse: what each limited session was limited to, and what it reached. PURE."""

from collections.abc import Callable
from decimal import Decimal

from schemas.sessionlimits import SESSION_LIMITS, SessionLimitChanged
from schemas.transactionlimits import TransactionLimit
from services.metering.cells import Cell, exact, whole
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table


def _limit(prefix: str, of: Callable[[SessionLimitChanged], TransactionLimit]) -> dict[str, Cell]:
    """The members of one of the limits in the columns of that prefix."""
    return {
        f"{prefix}max_cost": lambda r: _decimal(of(r).max_cost),
        f"{prefix}max_energy_wh": lambda r: _decimal(of(r).max_energy_wh),
        f"{prefix}max_time_s": lambda r: whole(of(r).max_time_s, "max_time_s"),
        f"{prefix}max_soc_percent": lambda r: whole(of(r).max_soc_percent, "max_soc_percent"),
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else exact(value)


NOUN = MeteringNoun(
    topics={STATES: (SESSION_LIMITS,)},
    tables=(
        table(
            "session_limits",
            key="station session",
            columns="station session transaction_id token_key max_cost currency max_energy_wh max_time_s max_soc_percent"
            " station_max_cost station_max_energy_wh station_max_time_s station_max_soc_percent"
            " kept_by_station status reached value reached_at attempts detail revision id changed_at",
            rows={
                SessionLimitChanged: {
                    "token_key": lambda r: r.token,
                    "currency": lambda r: r.limit.currency,
                    **_limit("", lambda r: r.limit),
                    **_limit("station_", lambda r: r.station_limit),
                    "kept_by_station": lambda r: list(r.kept_by_station),
                }
            },
        ),
    ),
)
