"""The OCPP versions that simulated stations speak: one row each."""

from collections.abc import Mapping
from typing import Final

from loadtest.ocpp.intents import VersionRules
from loadtest.ocpp.ocpp2x import Ocpp2x
from loadtest.ocpp.ocpp16 import Ocpp16
from loadtest.ocpp.payments21 import PAYMENTS_21
from loadtest.ocpp.replies2x import REPLIES_2X
from loadtest.ocpp.replies16 import REPLIES_16
from loadtest.ocpp.streams21 import STREAMS_21
from loadtest.ocpp.tariffs21 import TARIFFS_21

VERSIONS: Final[Mapping[str, VersionRules]] = {
    "1.6": VersionRules(dialect=Ocpp16(), table=REPLIES_16, bad_payload="FormationViolation"),
    "2.0.1": VersionRules(dialect=Ocpp2x("2.0.1"), table=REPLIES_2X, bad_payload="FormatViolation"),
    "2.1": VersionRules(
        dialect=Ocpp2x("2.1"),
        table={**REPLIES_2X, **TARIFFS_21, **PAYMENTS_21, **STREAMS_21},
        bad_payload="FormatViolation",
    ),
}
