"""Use cases of battery swap: begin one from afar, find one. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.authorization import REF_TOKENS, TokenProvisioned, token_key
from schemas.outcomes import is_unanswered
from services.api.batteries.rows import Answered, RequestSwap, Swap
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.views import PENDING
from services.api.ports import Ports
from services.api.web.problems import Problem, not_found
from services.runtime.process.outage import Outage


async def request_swap(ports: Ports, station: str, data: RequestSwap, *, key: str | None = None) -> Answered:
    """Have a station begin a swap for a driver, and wait for its answer.

    Raises Problem: 409 for a token that may not charge (S02.FR.03); as `commands.ask` does; Outage.
    """
    _require_authorized(ports, data.token)
    arguments: dict[str, Any] = {"token": data.token, "token_type": data.token_type}
    travel = {name: getattr(data, name) for name in Asking.__struct_fields__}
    command = await ask(
        ports, station, SendCommand(command="RequestBatterySwap", arguments=arguments, **travel), key=key
    )
    found = await _known(ports, command.command_id)
    if found is not None and found.status == "requested":  # the service may not have read the outcome yet
        found = _by_outcome(found, command)
    return Answered(swap=found, command=command)


async def known_swap(ports: Ports, swap: str) -> Swap:
    """A swap as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.battery_swap(swap)
    if found is None:
        raise not_found(f"There is no battery swap {swap!r}.")
    return found


def _require_authorized(ports: Ports, token: str) -> None:
    found = ports.reference.get(REF_TOKENS, token_key(token))
    if not isinstance(found, TokenProvisioned):
        raise Problem(HTTPStatus.CONFLICT, f"Token {token} is not provisioned: provision it first (S02.FR.03).")
    expired = found.expires_at is not None and found.expires_at <= ports.clock()
    if found.status != "Accepted" or expired:
        word = "expired" if expired else found.status.lower()
        raise Problem(HTTPStatus.CONFLICT, f"Token {token} is {word}: no swap is asked for (S02.FR.03).")


def _by_outcome(found: Swap, command: CommandView) -> Swap:
    if command.outcome == PENDING:
        return found
    if command.outcome == "accepted":
        return msgspec.structs.replace(found, status="accepted")
    if is_unanswered(command.outcome, sent=command.sent):
        return msgspec.structs.replace(found, status="unconfirmed")
    detail = command.detail or command.error_code or command.outcome.capitalize()
    return msgspec.structs.replace(found, status="refused", detail=detail)


async def _known(ports: Ports, swap: str) -> Swap | None:
    try:
        return await ports.reads.battery_swap(swap)
    except Outage:
        return None  # the outcome of the command is known all the same
