"""What stations asked for ISO 15118, in ClickHouse. PURE."""

import msgspec

from schemas.iso15118 import (
    ISO15118_ANSWERS,
    CertificateStatusAsked,
    ContractCertificateAsked,
    Iso15118Answered,
)
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    kept_elsewhere=frozenset({CertificateStatusAsked, ContractCertificateAsked}),  # the answers say what was asked
    topics={STATES: (ISO15118_ANSWERS,)},
    tables=(
        table(
            "iso15118_requests",
            key="station asked_at request",
            columns="station request kind accepted detail late found schema_version action request_size response_size remaining"
            " asked_at answered_at took_ms id",
            rows={Iso15118Answered: {"found": lambda r: msgspec.json.encode(r.found).decode()}},
        ),
    ),
)
