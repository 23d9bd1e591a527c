"""Sites, trees and observations for tests of energy."""

from datetime import datetime, timedelta
from decimal import Decimal

from schemas.base import Due, Record
from schemas.commands import CommandRequested
from schemas.energy import REF_SITES, EvseObserved, LimitAnswered, SiteMeterReported, SiteProvisioned
from schemas.profilecommands import SetChargingProfile
from schemas.sitetrees import Limits, Node, Outlet, SiteMeter, SiteTree
from schemas.states.energy import EvseState, SiteState
from services.energy.core import initial, step
from services.energy.observing import evse_of
from services.energy.sites import Sites

SITE = "depot"
BEGAN = datetime.fromisoformat("2026-11-30T08:00:00+00:00")
L123 = ("L1", "L2", "L3")


def second(number: float) -> datetime:
    """So many seconds after the test began."""
    return BEGAN + timedelta(seconds=number)


def grid(amps: float, **more: object) -> Node:
    """A grid connection."""
    return Node(node="grid", kind="grid", limits=Limits(amps=Decimal(str(amps))), **more)  # type: ignore[arg-type]


def outlet(number: int, parent: str = "grid", **more: object) -> Node:
    """The EVSE of the station CP-n."""
    wired = Outlet(**{"station": f"CP-{number}", "lines": L123, **more})  # type: ignore[arg-type]
    return Node(node=f"e{number}", parent=parent, kind="evse", outlet=wired)


def tree(amps: float = 63, evses: int = 4, *, meters: tuple[SiteMeter, ...] = (), **more: object) -> SiteTree:
    """A grid connection with so many EVSEs."""
    nodes = (grid(amps), *(outlet(number) for number in range(1, evses + 1)))
    return SiteTree(**{"nodes": nodes, "meters": meters, **more})  # type: ignore[arg-type]


def provisioned(tree: SiteTree) -> SiteProvisioned:
    """The reference record of a site."""
    return SiteProvisioned(site=SITE, tree=tree, provisioned_at=BEGAN)


def seen(number: int, at: float, transaction: str = "", **more: object) -> EvseObserved:
    """An EVSE as it is observed, connected, without readings unless they are given."""
    members = {
        "id": f"seen-{number}-{at}",
        "site": SITE,
        "station": f"CP-{number}",
        "evse": 1,
        "connected": True,
        "transaction_id": transaction,
        "session": transaction,
        "at": second(at),
    }
    return EvseObserved(**{**members, **more})  # type: ignore[arg-type]


def drawing(number: int, at: float, transaction: str, *amps: float, **more: object) -> EvseObserved:
    """An EVSE with a reading by its own phases."""
    read = {f"L{phase}": Decimal(str(value)) for phase, value in enumerate(amps, 1)}
    return seen(number, at, transaction, **{"amps": read, "measured_at": second(at), **more})


def answer(command: str, number: int, at: float, outcome: str = "accepted", **more: object) -> LimitAnswered:
    """What became of a command."""
    members = {"id": f"answer-{command}", "site": SITE, "station": f"CP-{number}", "command_id": command}
    return LimitAnswered(**{**members, "outcome": outcome, "at": second(at), **more})  # type: ignore[arg-type]


def metered(at: float, amps: float, meter: str = "building") -> SiteMeterReported:
    """A reading of a meter, equal on all lines."""
    return SiteMeterReported(
        id=f"meter-{meter}-{at}",
        site=SITE,
        meter=meter,
        amps=dict.fromkeys(L123, Decimal(str(amps))),  # type: ignore[arg-type]
        measured_at=second(at),
        received_at=second(at),
    )


def commands(outputs: list[Record]) -> list[CommandRequested]:
    """The commands among them."""
    return [each for each in outputs if isinstance(each, CommandRequested)]


def told(outputs: list[Record]) -> dict[str, float]:
    """The limits among them, by station."""
    return {
        each.station: float(each.command.profile.schedules[0].periods[0].limit or 0)
        for each in commands(outputs)
        if isinstance(each.command, SetChargingProfile) and each.command.profile.purpose == "TxProfile"
    }


class Stepped:
    """A site that is stepped, with what it says."""

    def __init__(self, tree: SiteTree) -> None:
        self.references: dict[str, dict[str, Record]] = {REF_SITES.name: {SITE: provisioned(tree)}}
        self.sites = Sites()
        self.state: SiteState = initial(SITE)

    def __call__(self, *events: Record) -> list[Record]:
        """Step these, and give what comes of them."""
        outputs: list[Record] = []
        for event in events:
            self.state, more = step(self.state, event, references=self.references, sites=self.sites)
            outputs += more
        return outputs

    def settle(self, at: float, outputs: list[Record], outcome: str = "accepted") -> list[Record]:
        """Have all commands among these answered, then those that follow, at that time."""
        all_of_it: list[Record] = []
        while waiting := commands(outputs):
            outputs = []
            for command in waiting:
                number = int(command.station.removeprefix("CP-"))
                outputs += self(answer(command.id, number, at, outcome))
            all_of_it += outputs
        return all_of_it

    def evse(self, number: int) -> EvseState:
        """What is known of an EVSE."""
        return evse_of(self.state, f"CP-{number}", 1)

    def ready(self, evses: int) -> "Stepped":
        """Connected, without sessions, their fallbacks accepted and proved: from second 20 on."""
        for number in range(1, evses + 1):
            self.settle(1, self(seen(number, 0)))
        self.wait(20)
        return self

    def live(self, until: float) -> list[tuple[float, str, float]]:
        """Go on until then, each command answered within a second: the limits that were told, with when and to whom."""
        happened: list[tuple[float, str, float]] = []
        assert self.state.at is not None
        at = (self.state.at - BEGAN).total_seconds()
        while at < until:
            at += 1
            outputs = self.wait(at)
            happened += [(at, station, amps) for station, amps in told(outputs).items()]
            self.settle(at, outputs)
        return happened

    def wait(self, until: float) -> list[Record]:
        """Give it what is due until then."""
        outputs: list[Record] = []
        while self.state.wake_at is not None and self.state.wake_at <= second(until):
            outputs += self(Due(key=SITE, at=self.state.wake_at, sent_at=self.state.wake_at))
        return outputs
