"""The HTTP API and the console. Requests become records on Kafka; records and rows of ClickHouse become answers.

What an operator provisions is decided by the service `provisioning`, what becomes of a command by `commands`.
"""

from services.api.settings import ApiSettings
from services.runtime.noun import Noun, Standalone

NOUN = Noun(
    runs=(
        Standalone(
            name="api",
            does="the HTTP API and the console.",
            build="services.api.app:workers",
            not_replayed="api is never replayed: it keeps no state, and reads everything again at each start.",
        ),
    ),
    settings=ApiSettings,
    metrics="services.api.web.metrics",
)
