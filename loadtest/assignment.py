"""The work of one worker process: its stations, its scenario and all options, as the conductor sends it. PURE."""

from typing import Literal

import msgspec

Scenario = Literal["sessions", "soak", "heartbeat", "durable", "idle", "storm", "commands", "fanout", "limits", "live"]


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One worker's share of a run: stations `first` to `first + stations - 1`, of which the first `active` speak.

    `url` is one gateway, or several with commas between them: stations are spread over them.
    `rate_per_s` is None for a closed loop: each station begins again as soon as it is done and has thought for `think_s`.
    `client_certificates` is the folder of the stations' certificates, empty where they show none.
    The measurement begins without the last stations where they take longer than `connect_within_s`.
    `heartbeat_s` is 0 where no heartbeats are asked for. The `net_` fields make the network bad (shares are per minute).
    """

    scenario: Scenario
    worker: int
    url: str
    prefix: str
    first: int
    stations: int
    active: int
    seconds: float
    versions: tuple[str, ...]
    password: str
    seed: int
    ramp_per_s: float
    rate_per_s: float | None
    think_s: float
    meter_values: int
    timeout_s: float
    sources: tuple[str, ...]
    backdate_s: float
    fact: Literal["meter-values", "status"]
    drop: Literal["ours", "theirs"]
    spread_s: float
    connect_within_s: float = 60.0
    client_certificates: str = ""
    heartbeat_s: float = 0.0
    statuses: bool = False
    pause_s: float = 0.0
    net_drop: float = 0.0
    net_half_open: float = 0.0
    net_delay_s: float = 0.0
    net_jitter_s: float = 0.0

    @property
    def urls(self) -> tuple[str, ...]:
        """Every gateway."""
        return tuple(self.url.split(","))

    def url_of(self, number: int, tries: int) -> str:
        """The gateway of a station; after each try that failed the next one, as behind a load balancer."""
        urls = self.urls
        return urls[(number + tries) % len(urls)]

    def version_of(self, number: int) -> str:
        """The OCPP version of a station, by its number in the whole run."""
        return self.versions[number % len(self.versions)]

    def name_of(self, number: int) -> str:
        """A station's name."""
        return f"{self.prefix}-{number:05d}"

    def token_of(self, number: int) -> str:
        """The one card that charges at this station: no two sessions run on it at once."""
        return f"{self.prefix[:8]}{number:07d}"[:20]

    def source_of(self, number: int) -> str:
        """The address that a station connects from, in turn: each has its own ephemeral ports."""
        return self.sources[number % len(self.sources)] if self.sources else ""


def shared(whole: Assignment, workers: int) -> list[Assignment]:
    """A run split over workers: stations, active ones and rates in equal shares, no station twice."""
    shares = []
    first = whole.first
    for worker in range(workers):
        stations = _share(whole.stations, worker, workers)
        shares.append(
            msgspec.structs.replace(
                whole,
                worker=worker,
                first=first,
                stations=stations,
                active=min(stations, _share(whole.active, worker, workers)),
                ramp_per_s=whole.ramp_per_s / workers,
                rate_per_s=None if whole.rate_per_s is None else whole.rate_per_s / workers,
            )
        )
        first += stations
    return shares


def _share(count: int, worker: int, workers: int) -> int:
    return count // workers + (worker < count % workers)
