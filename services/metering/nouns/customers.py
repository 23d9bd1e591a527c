"""Customer information in ClickHouse: its parts are those of reports; what cannot be read as one is a fact. PURE."""

from schemas.customers import CUSTOMERS
from services.metering.feeds import FACTS
from services.metering.table import MeteringNoun

NOUN = MeteringNoun(topics={FACTS: (CUSTOMERS,)}, tables=())
