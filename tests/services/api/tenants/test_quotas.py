"""Quotas: a tenant is refused beyond each of its figures, with the figure and when to try again; no other tenant notices."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.commands import CommandRequested
from schemas.stationcommands import Reset
from schemas.stations import StationProvisioned
from schemas.tenants import Quotas, TenantProvisioned, TenantRemoved
from services.api.fakes import NOON, World
from services.api.tenants.quotas import COUNTED, PRESSES_S, RECOUNTED_EACH_S, TenantQuotas, share_of
from services.api.web.problems import Problem


class Counting:
    """The quotas of acme, with a clock that is moved by hand."""

    def __init__(self, **quotas: Any) -> None:
        self.world = World()
        self.settled: set[str] = set()
        self.told: list[str] = []
        self.provision(**quotas)
        self.quotas = TenantQuotas(
            self.world.bus,
            clock=lambda: self.world.now,
            settled=self.settled.__contains__,
            told=self.told.append,
        )

    def provision(self, **quotas: Any) -> None:
        self.world.bus.hold(TenantProvisioned(tenant="acme", quotas=Quotas(**quotas), provisioned_at=NOON))

    def passes(self, seconds: float) -> None:
        self.world.now += timedelta(seconds=seconds)


def asked(*ids: str, expires_s: float = 60) -> list[CommandRequested]:
    return [
        CommandRequested(
            id=id_,
            station="A",
            command=Reset(type="OnIdle"),
            requested_at=NOON,
            expires_at=NOON + timedelta(seconds=expires_s),
            requested_by="x",
        )
        for id_ in ids
    ]


def test_requests_beyond_the_rate_are_told_the_figure_and_when_to_come_again() -> None:
    counting = Counting(requests_per_s=2)
    for _ in range(2):
        counting.quotas.request(("acme",))

    with pytest.raises(Problem) as refused:
        counting.quotas.request(("acme",))
    counting.quotas.request(("umbrella",))
    counting.passes(1)
    counting.quotas.request(("acme",))

    assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "1")
    assert "acme may have 2 requests a second" in refused.value.detail
    assert [(each.field, each.detail) for each in refused.value.errors] == [("requests_per_s", "the quota is 2")]
    assert counting.told == ["requests_per_s"]
    assert counting.quotas.use("acme").refused == {"requests_per_s": 1}


def test_who_is_limited_to_several_tenants_counts_for_each() -> None:
    counting = Counting(requests_per_s=1)
    counting.quotas.request(("umbrella", "acme"))

    with pytest.raises(Problem):
        counting.quotas.request(("umbrella", "acme"))


def test_commands_of_a_minute_are_counted_once_each() -> None:
    counting = Counting(commands_per_minute=3)
    counting.quotas.command(("acme",), asked("1", "2"))
    counting.quotas.command(("acme",), asked("1", "2"))

    with pytest.raises(Problem) as refused:
        counting.quotas.command(("acme",), asked("3", "4"))
    counting.passes(20)
    counting.quotas.command(("acme",), asked("3", "4"))

    assert refused.value.headers == {"Retry-After": "20"}


def test_commands_are_in_flight_until_they_have_their_outcome_or_expire() -> None:
    counting = Counting(commands_in_flight=2)
    counting.quotas.command(("acme",), asked("1"))
    counting.quotas.command(("acme",), asked("2", expires_s=5))

    with pytest.raises(Problem) as refused:
        counting.quotas.command(("acme",), asked("3"))
    counting.settled.add("1")
    counting.quotas.command(("acme",), asked("3"))
    counting.passes(6)
    counting.quotas.command(("acme",), asked("4"))

    assert "2 commands in flight" in refused.value.detail
    assert counting.quotas.in_flight("acme") == 2


def test_a_quota_of_no_commands_refuses_each() -> None:
    with pytest.raises(Problem):
        Counting(commands_per_minute=0).quotas.command(("acme",), asked("1"))


def test_event_streams_and_transfers_are_counted_while_they_last() -> None:
    counting = Counting(event_streams=1, transfers=1)
    counting.quotas.stream_begins(("acme",))
    with pytest.raises(Problem) as streams:
        counting.quotas.stream_begins(("acme",))
    counting.quotas.stream_ends(("acme",))
    counting.quotas.stream_begins(("acme",))

    with counting.quotas.transfer(("acme",)), pytest.raises(Problem) as transfers, counting.quotas.transfer(("acme",)):
        pass
    with counting.quotas.transfer(("acme",)):
        assert counting.quotas.use("acme").transfers == 1

    assert (streams.value.status, transfers.value.status) == (429, 429)
    assert counting.quotas.use("acme").transfers == 0


def test_stations_beyond_the_quota_are_refused_whoever_provisions_them() -> None:
    counting = Counting(stations=2)
    counting.world.bus.hold(StationProvisioned(station="A", tenant="acme", provisioned_at=NOON))
    counting.quotas.station("acme")

    with pytest.raises(Problem) as refused:
        counting.quotas.station("acme")
    counting.quotas.station("acme", before="acme")
    counting.quotas.station("umbrella")
    counting.passes(RECOUNTED_EACH_S + 1)

    assert (refused.value.status, refused.value.headers) == (409, {})
    assert counting.quotas.stations() == {"acme": 1}


def test_the_greatest_share_of_a_quota_is_told() -> None:
    counting = Counting(stations=4, event_streams=2, transfers=0)
    counting.world.bus.hold(StationProvisioned(station="A", tenant="acme", provisioned_at=NOON))
    counting.world.bus.hold(TenantProvisioned(tenant="umbrella", quotas=Quotas(event_streams=4), provisioned_at=NOON))
    counting.quotas.stream_begins(("acme",))

    shares = {quota: counting.quotas.highest(quota) for quota in COUNTED}

    assert shares == {"stations": 0.25, "commands_in_flight": 0.0, "event_streams": 0.5, "transfers": 1.0}


def test_other_quotas_hold_at_once_and_none_after_they_are_lifted() -> None:
    counting = Counting(requests_per_s=1)
    counting.quotas.request(("acme",))
    counting.provision(requests_per_s=5)
    for _ in range(5):
        counting.quotas.request(("acme",))
    counting.world.bus.hold(TenantRemoved(tenant="acme", removed_at=NOON))

    for _ in range(50):
        counting.quotas.request(("acme",))


def test_who_was_answered_429_presses_for_some_seconds() -> None:
    counting = Counting(requests_per_s=2)
    assert not counting.quotas.presses("acme")
    counting.quotas.press(("acme",))
    counting.passes(PRESSES_S - 1)

    assert counting.quotas.presses("acme")
    assert not counting.quotas.presses("umbrella")
    counting.passes(1)
    assert not counting.quotas.presses("acme")


def test_processes_share_the_quotas_and_tell_the_tenants_figure() -> None:
    counting = Counting(requests_per_s=4, commands_per_minute=6)
    half = TenantQuotas(
        counting.world.bus,
        clock=lambda: counting.world.now,
        settled=counting.settled.__contains__,
        told=counting.told.append,
        processes=2,
    )
    half.request(("acme",))
    half.request(("acme",))
    with pytest.raises(Problem) as refused:
        half.request(("acme",))
    half.command(("acme",), asked("1", "2", "3"))
    with pytest.raises(Problem):
        half.command(("acme",), asked("4"))

    assert "may have 4 requests a second" in refused.value.detail


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_the_shares_of_all_processes_are_at_least_the_quotas_and_at_most_one_more_each(processes: int) -> None:
    quotas = Quotas(
        stations=5, requests_per_s=3, commands_per_minute=4, commands_in_flight=0, event_streams=1, transfers=None
    )
    share = share_of(quotas, processes)

    assert (share.stations, share.transfers, share.commands_in_flight) == (5, None, 0)
    assert (share.requests_per_s or 0) * processes == pytest.approx(3)
    assert 4 <= (share.commands_per_minute or 0) * processes < 4 + processes
    assert share.event_streams == 1
