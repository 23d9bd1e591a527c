"""Authorization in ClickHouse: which tokens were asked about, what was decided, which sessions ran on them. PURE."""

from schemas.authorization import (
    AUTHORIZATIONS,
    DECISIONS,
    AuthorizationRequested,
    ContractPresented,
    DecisionRecorded,
    TokenLimitChanged,
    TokenSessionEnded,
    TokenSessionStarted,
)
from schemas.credits import TOKEN_CREDITS, CreditToppedUp, TokenCharged, TokenCreditChanged, TokenSpent
from schemas.secrets import MASK
from services.metering.cells import Cell, us
from services.metering.feeds import FACTS, STATES
from services.metering.table import Cells, MeteringNoun, empty, table

_UNDECIDED = empty("status", "certificate_status", "certificate_detail", "blocked_by", "blocked_at")
_PURPOSE: dict[str, Cell] = {"purpose": lambda r: r.purpose or ""}

_TOKEN: dict[str, Cell] = {
    "token_key": lambda r: r.token,
    "token": lambda r: MASK if r.id_token.type == "KeyCode" else r.id_token.value,  # C04.FR.04
    "token_type": lambda r: r.id_token.type,
}


def _token_session(event: str) -> Cells:
    return {
        **_UNDECIDED,
        **empty("token", "token_type", "transaction_id", "purpose"),
        "event": lambda _: event,
        "evse": lambda _: None,
        "final": lambda _: False,
        "token_key": lambda r: r.token,
    }


NOUN = MeteringNoun(
    topics={FACTS: (AUTHORIZATIONS, DECISIONS), STATES: (TOKEN_CREDITS,)},
    kept_elsewhere=frozenset({ContractPresented, CreditToppedUp, TokenCharged, TokenSpent, TokenLimitChanged}),
    tables=(
        table(
            "authorizations",
            key="station at id",
            columns="station at event status certificate_status certificate_detail token_key token token_type session transaction_id evse"
            " purpose final blocked_by blocked_at id",
            rows={
                AuthorizationRequested: {
                    **_UNDECIDED,
                    **_TOKEN,
                    **_PURPOSE,
                    "at": lambda r: us(r.received_at),
                    "event": lambda _: "requested",
                },
                DecisionRecorded: {
                    **_TOKEN,
                    **_PURPOSE,
                    "at": lambda r: us(r.requested_at),
                    "event": lambda _: "decided",
                },
                TokenSessionStarted: _token_session("session-started"),
                TokenSessionEnded: _token_session("session-ended"),
            },
        ),
        table(
            "token_credits",
            key="token_key revision",
            columns="token_key revision currency balance running cause amount amount_currency left_out session station cdr reference"
            " by id changed_at tenant",
            rows={TokenCreditChanged: {"token_key": lambda r: r.token}},
        ),
    ),
)
