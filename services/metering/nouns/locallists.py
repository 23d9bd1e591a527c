"""Local authorization lists in ClickHouse: how the list of each station stands. PURE."""

from schemas.locallists import LOCAL_LIST_STATES, LocalListChanged
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={STATES: (LOCAL_LIST_STATES,)},
    tables=(
        table(
            "local_lists",
            key="station",
            columns="station status why tokens token_groups token_labels token_type version station_version entries known"
            " left_out most_entries most_items longest_token revision id changed_at",
            rows={
                LocalListChanged: {
                    "tokens": lambda r: r.rule.tokens if r.rule else "",
                    "token_groups": lambda r: r.rule.groups if r.rule else (),
                    "token_labels": lambda r: r.rule.labels if r.rule else (),
                    "token_type": lambda r: r.rule.token_type if r.rule else "",
                }
            },
        ),
    ),
)
