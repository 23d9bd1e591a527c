"""Ordering: what a caller asks for as an operation, with each member that is missing or too much named. PURE."""

from collections.abc import Mapping
from typing import cast

import msgspec

from schemas.networkprofiles import SetNetworkProfile
from schemas.sealing import Seal, Unopenable, seal_command
from schemas.securityoperations import Kind, MoveStation, Operation, RotatePassword, UpgradeProfile
from services.api.commands.parsing import NO_KEY, canonical
from services.api.securityoperations.rows import OrderOperation
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields

TAKES: Mapping[Kind, frozenset[str]] = {
    "rotate-password": frozenset({"reset"}),
    "upgrade-profile": frozenset({"security_profile", "network", "unchecked"}),
    "move-station": frozenset({"network", "url_key", "inoperative"}),
}
"""The members that each operation takes, beside those that all have."""

OF_ONE = frozenset[str]().union(*TAKES.values())


def operation_of_order(data: OrderOperation, seal: Seal) -> Operation:
    """The operation, its secrets sealed. Raises Problem naming each member that cannot be used."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(data))}
    if surplus := [
        FieldError(field=name, detail=f"{data.kind} has no such member")
        for name in sorted(OF_ONE - TAKES[data.kind])
        if getattr(data, name) != defaults[name]
    ]:
        raise invalid_fields(surplus)
    if data.kind == "rotate-password":
        if not seal.has_key:
            raise Problem(409, NO_KEY)
        return RotatePassword(reset=data.reset)
    network = None if data.network is None else _network(data.network, seal)
    if data.kind == "move-station":
        if network is None:
            raise invalid("network", "needed: how the station reaches the other CSMS")
        return MoveStation(network=network, url_key=data.url_key, inoperative=data.inoperative)
    if data.security_profile is None:
        raise invalid("security_profile", "needed: 1, 2 or 3")
    upgrade = UpgradeProfile(security_profile=data.security_profile, network=network, unchecked=data.unchecked)
    if faults := [FieldError(field=each.member, detail=each.detail) for each in upgrade.faults()]:
        raise invalid_fields(faults)
    return upgrade


def _network(given: dict[str, object], seal: Seal) -> SetNetworkProfile:
    try:
        network = canonical("SetNetworkProfile", given)
        return cast(SetNetworkProfile, seal_command(network, seal))
    except Problem as problem:
        fields = [
            FieldError(field=each.field.replace("arguments", "network", 1), detail=each.detail)
            for each in problem.errors
        ]
        raise invalid_fields(fields) from problem
    except Unopenable as error:
        raise Problem(409, NO_KEY) from error
