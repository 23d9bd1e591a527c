"""What the demo does, step by step, as an operator would in the API. Most steps are one request, so that none is done by halves."""

import base64
import datetime as dt
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from deploy.local.demo import world
from deploy.local.demo.operator import NotYet, Operator, Refused
from deploy.local.demo.sites import trees_of
from deploy.local.demo.stations import GRID, KEYS, TWINS, VARIABLES, site_of

Doing = Callable[[Operator, str], Awaitable[None]]
"""A step, done at a station; at none, where it is not about one: then its name is empty."""

FREE_WORDS: Final = ("Available",)
DER_LASTS_S: Final = 3_600
SECRET_BYTES: Final = 24
RESERVATIONS: Final[Mapping[dt.timedelta, tuple[str, ...]]] = {
    dt.timedelta(seconds=75): ("NL-AMS-0001", "DE-BER-0001", "AT-VIE-0002", "NL-AMS-0002"),
    dt.timedelta(hours=2): ("BE-BRU-0002", "DE-HAM-0002", "FR-PAR-0002", "DE-HAM-0001"),
}
"""For how long an EVSE is kept, and of which stations: one is too short for anybody to come, for the other a driver may."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step. `at`: the stations that may play its part, the first one there does; none: it is about no station.

    `early`: it is done before any station connects. `patient`: it is tried again for a while, for it needs a car, or an EVSE without one.
    `each_start`: it is done again at every start, for the embedded bus forgets it, and so do the simulated stations.
    """

    name: str
    do: Doing
    at: tuple[str, ...] = ()
    early: bool = False
    patient: bool = False
    each_start: bool = False


def _put(path: str, body: object) -> Doing:
    async def do(operator: Operator, _: str) -> None:
        await operator.put_new(path, body)

    return do


def _post(path: str, body: object) -> Doing:
    async def do(operator: Operator, _: str) -> None:
        await operator.post(path, body)

    return do


def _ask(path: str, body: Mapping[str, Any] | None) -> Doing:
    """Ask the station of the step by a route below its own."""

    async def do(operator: Operator, station: str) -> None:
        await operator.ask(f"/stations/{station}/{path}", body)

    return do


def _command(command: str, **arguments: Any) -> Doing:
    async def do(operator: Operator, station: str) -> None:
        await operator.command(station, command, **arguments)

    return do


def _local_list(rule: Mapping[str, Any]) -> Doing:
    async def do(operator: Operator, station: str) -> None:
        await operator.put_new(f"/stations/{station}/local-list", rule)

    return do


async def _order_a_password(operator: Operator, station: str) -> None:
    await operator.post(f"/stations/{station}/security-operations", {"kind": "rotate-password"})


async def _ask_for_less(operator: Operator, station: str) -> None:
    """A programme asks for less at the station's site for an hour and a half."""
    now = _now()
    event = {
        "title": "Evening peak",
        "programme": "Peak Saver",
        "sites": [site_of(station)],
        "limit_w": "11000",
        "from_at": _spoken(now),
        "to_at": _spoken(now + dt.timedelta(minutes=90)),
        "ramp_up_min": 10,
    }
    await operator.post("/demand-response/events", event)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _spoken(at: dt.datetime) -> str:
    return at.isoformat(timespec="seconds")


# -- steps that look first --------------------------------------------------------------------------------------------


def _reserve(lasts: dt.timedelta, stations: Sequence[str]) -> Doing:
    """Keep the first free EVSE of these stations."""

    async def do(operator: Operator, first: str) -> None:
        for station in stations[stations.index(first) :]:
            evse = await _free_evse(operator, station)
            if evse is not None:
                wanted = {"token": world.VISITOR, "evse": evse, "expires_at": _spoken(_now() + lasts)}
                await operator.ask(f"/stations/{station}/reservations", wanted)
                return
        raise NotYet(f"No EVSE of {', '.join(stations)} is free")

    return do


async def _free_evse(operator: Operator, station: str) -> int | None:
    """None as well where the fleet is too small to have the station."""
    try:
        view = await operator.get(f"/stations/{station}")
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise
    return next((each["evse"] for each in view["connectors"] if each["status"] in FREE_WORDS), None)


async def _running_session(operator: Operator, station: str) -> str:
    """The id of a session that runs at the station. Raises NotYet where there is none."""
    found = (await operator.get(f"/sessions?active=true&limit=1&station={station}"))["items"]
    if not found:
        raise NotYet(f"Nobody charges at {station}")
    session: str = found[0]["session"]
    return session


async def _limit_a_session(operator: Operator, station: str) -> None:
    session = await _running_session(operator, station)
    await operator.post(f"/sessions/{session}/limit", {"max_cost": "40.00", "reason": "The driver set it in the app."})


async def _install_the_root(operator: Operator, station: str) -> None:
    """The root of the authority that `make up` has made."""
    authorities = await operator.get("/certificate-authorities")
    if not authorities:
        raise Refused("No authority signs certificates here")
    root = authorities[0]["chain"].rstrip().rpartition("-----BEGIN CERTIFICATE-----")
    await operator.ask(
        f"/stations/{station}/certificates", {"use": "CSMSRootCertificate", "certificate": f"{root[1]}{root[2]}\n"}
    )


async def _begin_a_der_control(operator: Operator, station: str) -> None:
    """A scheduled one, which begins at once: the station tells its start, and an alarm."""
    limit = {
        "priority": 1,
        "pct_max_discharge_power": "60",
        "starts_at": _spoken(_now()),
        "duration_s": str(DER_LASTS_S),
    }
    control = {"control_type": "LimitMaxDischarge", "is_default": False, "settings": {"limit_max_discharge": limit}}
    await operator.ask(f"/stations/{station}/der-controls", control)


# -- the steps --------------------------------------------------------------------------------------------------------

_DROOP: Final = {
    "priority": 5,
    "over_freq": "50.2",
    "under_freq": "49.8",
    "over_droop": "5",
    "under_droop": "5",
    "response_time_s": "2",
}
_WATCHED: Final = {"component": "EVSE", "variable": "AvailabilityState", "type": "Delta", "value": "1", "severity": 6}
_STREAMED: Final = {
    "component": "TemperatureSensor",
    "variable": "Temperature",
    "type": "Periodic",
    "value": "60",
    "severity": 8,
    "stream_interval_s": 30,
}
_NOTICE: Final = {
    "text": "Works on the access road until Friday",
    "language": "en",
    "translations": [{"text": "Bauarbeiten an der Zufahrt bis Freitag", "language": "de"}],
    "message_priority": "InFront",
}

EARLY: Final[tuple[Step, ...]] = (
    Step(
        name="boot template",
        do=_put(f"/boot-templates/{world.BOOT_TEMPLATE}", world.BOOT_TEMPLATE_BODY),
        early=True,
    ),
    Step(name="vendor", do=_put(f"/vendors/{world.VENDOR}", world.VENDOR_BODY), early=True),
)
"""What concerns the first words of stations."""

REFERENCE: Final[tuple[Step, ...]] = (
    *(Step(name=f"tariff {name}", do=_put(f"/tariffs/{name}", body)) for name, body in world.TARIFFS.items()),
    *(
        Step(name=f"assignment {target}", do=_put(f"/tariff-assignments/{target}", body))
        for target, body in world.ASSIGNMENTS.items()
    ),
    *(Step(name=f"token {token}", do=_put(f"/tokens/{token}", body)) for token, body in world.TOKENS.items()),
    Step(name="credit", do=_post(f"/tokens/{world.PREPAID}/top-ups", world.TOP_UP), each_start=True),
    Step(
        name="profile template",
        do=_put(f"/charging-profile-templates/{world.PROFILE_TEMPLATE}", world.PROFILE_TEMPLATE_BODY),
    ),
    Step(name="compatibility row", do=_put(f"/compatibility/{world.COMPATIBILITY}", world.COMPATIBILITY_BODY)),
    Step(name="role", do=_put(f"/roles/{world.ROLE}", world.ROLE_BODY)),
    Step(name="user", do=_put(f"/users/{world.USER}", world.USER_BODY)),
    Step(name="API key", do=_post("/api-keys", world.API_KEY_BODY)),
)
"""What is about no station."""


def _settings(parts: Sequence[tuple[str, ...]]) -> tuple[Step, ...]:
    return tuple(Step(name=f"settings of {part[0]}", do=_ask("variables/read", {}), at=part) for part in parts)


AT_STATIONS: Final[tuple[Step, ...]] = (
    *_settings((KEYS, VARIABLES, GRID)),
    Step(
        name="changed key",
        do=_command("SetConfiguration", settings=[{"key": "MeterValueSampleInterval", "value": "10"}]),
        at=KEYS,
    ),
    Step(
        name="changed variable",
        do=_command("SetConfiguration", settings=[{"key": "SampledDataCtrlr.TxUpdatedInterval", "value": "10"}]),
        at=VARIABLES,
    ),
    Step(name="local list of keys", do=_local_list({"tokens": "all"}), at=KEYS),
    Step(name="local list of variables", do=_local_list({"tokens": "chosen", "groups": ["VANS"]}), at=VARIABLES),
    Step(name="display message", do=_ask("display-messages", {"text": "Welcome", "state": "Idle"}), at=VARIABLES),
    Step(name="notice", do=_ask("display-messages", _NOTICE), at=GRID),
    Step(name="monitor", do=_command("SetVariableMonitoring", monitors=[_WATCHED]), at=VARIABLES),
    Step(name="stream", do=_command("SetVariableMonitoring", monitors=[_STREAMED]), at=GRID),
    Step(name="monitors read", do=_command("GetMonitoringReport"), at=VARIABLES),
    Step(
        name="profile applied",
        do=_ask("charging-profiles", {"template": world.PROFILE_TEMPLATE, "evse": 0}),
        at=GRID,
    ),
    Step(name="composite schedule", do=_ask("composite-schedule", {"evse": 1, "duration_s": 86_400}), at=GRID),
    Step(
        name="DER default",
        do=_ask("der-controls", {"control_type": "FreqDroop", "is_default": True, "settings": {"freq_droop": _DROOP}}),
        at=GRID,
    ),
    Step(name="DER control", do=_begin_a_der_control, at=GRID),
    Step(name="demand response", do=_ask_for_less, at=GRID[:1], each_start=True),
    Step(name="battery swap", do=_ask("battery-swaps", {"token": world.VISITOR}), at=TWINS),
    Step(name="tariff at a station", do=_ask("default-tariff", {"tariff": "ad-hoc"}), at=GRID),
    Step(name="tariffs read", do=_command("GetTariffs", evse=0), at=GRID),
    Step(name="log", do=_ask("logs", {"type": "DiagnosticsLog"}), at=KEYS),
    Step(name="security log", do=_ask("logs", {"type": "SecurityLog"}), at=VARIABLES),
    Step(name="root certificate", do=_install_the_root, at=VARIABLES),
    Step(name="certificates read", do=_ask("certificates/read", None), at=VARIABLES),
    Step(name="station certificate", do=_ask("certificates/renew", {}), at=VARIABLES),
    Step(name="new password", do=_order_a_password, at=KEYS),
    Step(name="new passwords", do=_post("/security-batches", world.SECURITY_BATCH_BODY), at=GRID[:1]),
    Step(name="customer", do=_command("CustomerInformation", token=world.VISITOR), at=VARIABLES),
    Step(
        name="vendor message",
        do=_command("DataTransfer", vendor_id="Elbtal", message_id="Greeting", data="hello"),
        at=("DE-HAM-0001", "DE-BER-0001"),
    ),
    *(
        Step(name=f"reservation for {lasts}", do=_reserve(lasts, stations), at=stations, patient=True)
        for lasts, stations in RESERVATIONS.items()
    ),
    Step(name="session limit", do=_limit_a_session, at=GRID, patient=True),
    Step(
        name="firmware campaign",
        do=_post("/firmware-campaigns", world.CAMPAIGN_BODY),
        at=("DE-MUC-0001",),
        each_start=True,
    ),
)
"""What stations are asked; the firmware last, for its stations restart."""


def steps(fleet: Sequence[str], *, receiver: str, root: str = "") -> tuple[Step, ...]:
    """All steps in their order, for these stations; `receiver` is the URL that takes what the webhook sends.

    `root`: of the mobility operator whose contracts EVs show, in PEM; empty: there is none.
    """
    secret = "whsec_" + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    webhook = {
        "url": receiver,
        "kinds": world.WEBHOOK_KINDS,
        "secret": secret,
        "note": "Of `make up`: it takes all, and logs it.",
    }
    trusted = {"use": "MORootCertificate", "certificate": root, "note": "Of the simulated EVs."}
    return (
        *EARLY,
        *((Step(name="root of contracts", do=_post("/contract-roots", trusted), early=True),) if root else ()),
        *REFERENCE,
        Step(name="sites", do=_post("/station-imports", [world.provisioned(station) for station in fleet])),
        *(Step(name=f"tree of {site}", do=_put(f"/sites/{site}", tree)) for site, tree in trees_of(fleet)),
        Step(name="webhook", do=_put(f"/webhooks/{world.WEBHOOK}", webhook)),
        *AT_STATIONS,
    )
