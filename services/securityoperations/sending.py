"""Sending: the command of each step, and what its outcome means for the operation. PURE."""

from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.base import derived_id
from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from schemas.credentials import credential_id
from schemas.networkprofiles import SetNetworkProfile
from schemas.sealing import Seal, seal_command
from schemas.securityoperations import (
    DETAIL_KEPT,
    NETWORK_PRIORITY,
    PASSWORD_SETTING,
    PROFILE_KEY,
    MoveStation,
    OperationStep,
    StepName,
    UpgradeProfile,
)
from schemas.states.securityoperations import RunningOperation, StationSecurity
from schemas.stationcommands import ChangeAvailability, Reset
from services.securityoperations.passwords import new_password

SERVICE = "securityoperations"
PRIORITY = 6
"""Behind the commands of operators, which have 5, and before boot templates."""
TIMEOUT_S = 60.0
"""How long a station may take to answer one command."""
OUTCOME_WITHIN = timedelta(minutes=5)
"""A command without an outcome by then was lost on its way (see "A command leaves after its queue is saved")."""


class Keys(msgspec.Struct, frozen=True):
    """The deployment's secrets key, of which passwords are made, and the seal that is made of it."""

    key: bytes
    seal: Seal


def step_of(running: RunningOperation) -> OperationStep:
    """The current step."""
    return running.steps[running.place]


def with_step(running: RunningOperation, step: OperationStep) -> RunningOperation:
    """The operation with its current step changed."""
    return replace(running, steps=(*running.steps[: running.place], step, *running.steps[running.place + 1 :]))


def sent(
    state: StationSecurity, running: RunningOperation, at: datetime, keys: Keys | None
) -> tuple[StationSecurity, CommandRequested]:
    """Send the command of the current step."""
    number, step = state.sent + 1, step_of(running)
    command, password_hash = _command(state, running, step.step, keys)
    request = CommandRequested(
        id=derived_id(state.station, SERVICE, number),
        station=state.station,
        command=command,
        requested_at=at,
        expires_at=at + OUTCOME_WITHIN - timedelta(seconds=2 * TIMEOUT_S),
        priority=PRIORITY,
        when_offline="fail",
        timeout_s=TIMEOUT_S,
        credential_hash=password_hash,
        requested_by=f"security operation {running.queued.order.id}",
    )
    running = with_step(running, replace(step, status="sent", command_id=request.id, attempts=step.attempts + 1))
    if password_hash:
        running = replace(running, new_credential=credential_id(password_hash))
    running = replace(running, command_id=request.id, until=at + OUTCOME_WITHIN, epoch=state.epoch, told_at=at)
    return replace(state, sent=number, running=running), request


def _command(  # noqa: PLR0911 one row for each step
    state: StationSecurity, running: RunningOperation, step: StepName, keys: Keys | None
) -> tuple[Command, str]:
    """The command of a step, its secrets sealed, and the hash of the password that it sets."""
    order = running.queued.order
    match step:
        case "password":
            assert keys is not None
            assert state.version is not None
            password = new_password(keys.key, order, state.version)
            setting = replace(PASSWORD_SETTING[state.version], value=password.value)
            return seal_command(SetConfiguration(settings=(setting,)), keys.seal), password.password_hash
        case "inoperative" | "operative":
            return ChangeAvailability(operational_status="Operative" if step == "operative" else "Inoperative"), ""
        case "read":
            name = SettingName(component=NETWORK_PRIORITY.component, variable=NETWORK_PRIORITY.variable)
            return GetConfiguration(settings=(name,)), ""
        case "network":
            return network_of(running), ""
        case "priority":
            return _first(network_of(running).slot, running.old_priority), ""
        case "restore":
            return SetConfiguration(settings=(replace(NETWORK_PRIORITY, value=running.old_priority),)), ""
        case "profile":
            assert isinstance(order.operation, UpgradeProfile)
            wanted = str(order.operation.security_profile)
            return SetConfiguration(settings=(Setting(key=PROFILE_KEY, value=wanted),)), ""
        case "address":
            assert isinstance(order.operation, MoveStation)
            address = Setting(key=order.operation.url_key, value=order.operation.network.url)
            return SetConfiguration(settings=(address,)), ""
    assert step == "reset", step
    return Reset(type="OnIdle"), ""


def network_of(running: RunningOperation) -> SetNetworkProfile:
    """The network profile of an operation that has one."""
    operation = running.queued.order.operation
    assert isinstance(operation, UpgradeProfile | MoveStation)
    assert operation.network is not None
    return operation.network


def _first(slot: int, priority: str) -> SetConfiguration:
    """The slot first, and those that were used before behind it (A05, B10)."""
    others = [each.strip() for each in priority.split(",") if each.strip() and each.strip() != str(slot)]
    return SetConfiguration(settings=(replace(NETWORK_PRIORITY, value=",".join([str(slot), *others])),))


def answered(step: OperationStep, outcome: CommandSettled) -> OperationStep:
    """The step with the station's word, and still without a verdict."""
    word = next((f"{item.status} {item.reason}".strip() for item in outcome.items if item.status != "Accepted"), "")
    return replace(
        step,
        detail=(outcome.detail or outcome.error_code or word)[:DETAIL_KEPT],
        reboot_required=outcome.reboot_required,
        at=outcome.settled_at,
    )
