"""A process as a manifest starts it: which settings it takes, and what it makes of the environment it is given."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.settings import Settings as GatewaySettings
from schemas.settings import PREFIX, load
from services.nouns import WORKERS, ServicesSettings
from services.runtime.process.settings import TopicsSettings

NEEDED = {
    "gateway": {"bootstrap", "gateway"},
    "topics": {"bootstrap", "gateways", "partitions", "replication"},
    "services": {"bootstrap", "metrics_host"},
    "metering": {"clickhouse"},
    "api": {"clickhouse", "host"},
}
"""Settings whose defaults are for one machine, so that a deployment has to say them."""

MASKING = {"gateway", "api", "iso15118"}
"""Processes that need the key of the vault of identities: without it they would store, or could not read, who charges."""


def settings_type(command: Sequence[str]) -> type[msgspec.Struct]:
    """The settings of `python -m <command>`; fails for a command that does not exist."""
    match list(command):
        case ["gateway"]:
            return GatewaySettings
        case ["services", "topics"]:
            return TopicsSettings
        case ["services", *names] if names and set(names) <= set(WORKERS):
            return ServicesSettings
    raise AssertionError(f"python -m {' '.join(command)} is nothing")


def started(command: Sequence[str], environ: Mapping[str, str]) -> Any:
    """The settings of a process with this environment; fails where it is not in step with the code."""
    struct = settings_type(command)
    fields = {field.name for field in msgspec.structs.fields(struct)}
    said = {name.removeprefix(PREFIX).lower() for name in environ if name.startswith(PREFIX)}
    assert said <= fields, f"{command} has no settings {said - fields}"
    needed = set[str]().union(*(NEEDED.get(word, set()) for word in command))
    if "topics" in command:
        needed = NEEDED["topics"]
    assert needed <= said, f"{command} is not told {needed - said}"
    if "api" in command:
        assert said & {"api_key", "api_key_file"}, "the API is told no operator key"
    return load(struct, prog="test", description="", argv=[], environ=environ)


def longest_stop_s(settings: Any) -> float:
    """How long a process may take from SIGTERM to its end, with a little room."""
    if isinstance(settings, GatewaySettings):
        closing = settings.drain_window_s + settings.settle_s + 2 * settings.close_timeout_s
        return closing + settings.settle_s + 5
    return 20 + settings.publish_timeout_s + 5
