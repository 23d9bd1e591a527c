"""Routes of requests to many stations."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import Body, PathParameter

from services.api.commands.fleet import ask_fleet, ask_fleet_raw
from services.api.commands.fleetbodies import (
    COMMAND_EXAMPLES,
    RAW_EXAMPLES,
    FleetAnswer,
    SendRawToFleet,
    SendToFleet,
)
from services.api.commands.routes import IdempotencyKey
from services.api.commands.views import PENDING
from services.api.web.parameters import Given
from services.api.web.problems import documented

ANSWERS = {
    202: ResponseSpec(FleetAnswer, description="Some are `pending`: ask for those later.", generate_examples=False)
}

CommandBody = Annotated[
    SendToFleet,
    Body(
        description="The stations, the command with its arguments, and how it travels.",
        examples=[Example(summary=name, value=body) for name, body in COMMAND_EXAMPLES.items()],
    ),
]

RawBody = Annotated[
    SendRawToFleet,
    Body(
        description="The stations, a payload for each OCPP version among them, and how it travels.",
        examples=[Example(summary=name, value=body) for name, body in RAW_EXAMPLES.items()],
    ),
]


@post(
    "/commands",
    summary="Send a command to many stations",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(409, 413, 422)},
)
async def send_to_fleet(
    data: CommandBody, ports: Given, idempotency_key: IdempotencyKey = None
) -> Response[FleetAnswer]:
    """Ask up to 10,000 stations for the same thing, in words that are the same for every OCPP version.

    Each station has a command of its own, with an id for `GET` and `DELETE /commands/{command_id}`, and one outcome. A station
    that cannot be asked is told as `unable` and stops no other. Answered once every outcome is known, or 202 when `wait_s` has
    passed and some are `pending`; `wait_s` 0 answers at once. With an `Idempotency-Key` the request may be repeated, also after
    a 503 (whose `commands` are those that may have left): no station is asked twice, and what is known of each is told.
    """
    return _answer(await ask_fleet(ports, data, key=idempotency_key))


@post(
    "/ocpp/{action:str}",
    summary="Send any OCPP action to many stations",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(409, 413, 422)},
)
async def send_raw_to_fleet(
    action: Annotated[str, PathParameter(description="An action of every version that has a payload.")],
    data: RawBody,
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[FleetAnswer]:
    """Send an OCPP action as it is to up to 10,000 stations, each with the payload of its own OCPP version.

    Every payload is validated by its version's schema before anything is sent. A station of a version without a payload here
    is told as `unable`. One that never connected waits for its first connection where the request has one payload alone, which its
    gateway then validates by the version that the station speaks; of several, nobody can choose yet: `unable`. All else is as with
    `POST /commands`.
    """
    return _answer(await ask_fleet_raw(ports, action, data, key=idempotency_key))


def _answer(answer: FleetAnswer) -> Response[FleetAnswer]:
    return Response(answer, status_code=HTTPStatus.ACCEPTED if answer.counts.get(PENDING) else HTTPStatus.OK)


def router() -> Router:
    """Commands to many stations."""
    return Router(path="/", route_handlers=[send_to_fleet, send_raw_to_fleet])
