"""Tariffs at stations: what each is to have and has, tariffs as stations get them, and sending one by its name."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.stationtariffs import StationTariffStatus
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.stations.rows import StationPath
from services.api.stationtariffs import usecases
from services.api.stationtariffs.rows import (
    ChangeTariff,
    FallbackTexts,
    InstallTariff,
    Sent,
    StationTariffFilter,
    StationTariffs,
    Translated,
)
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(Sent, description="The command is `pending`.", generate_examples=False)}

TOLD = {202: ResponseSpec(CommandView, description="The command is `pending`.", generate_examples=False)}


@get("/station-tariffs", summary="List the tariffs of stations", responses=documented(422))
async def list_station_tariffs(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    status: Annotated[StationTariffStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[StationTariffs]:
    """The tariffs of stations, the one that changed last first; stations whose tariffs nobody managed or read are left out."""
    where = StationTariffFilter(station=station, status=status)
    return await ports.reads.stations_tariffs(where, cursor=cursor, limit=limit)


@get("/stations/{station:str}/tariffs", summary="Get a station's tariffs", responses=documented(404))
async def get_station_tariffs(station: StationPath, ports: Given) -> StationTariffs:
    """Which tariffs a station is to have by the assignments, and which it has. A GetTariffs command has it say so anew."""
    return await usecases.tariffs_of(ports, station)


@get("/tariffs/{tariff:str}/station-form", summary="Get a tariff as stations get it", responses=documented(404))
async def get_station_form(
    tariff: Annotated[str, PathParameter(description="The tariff's id.")], ports: Given
) -> Translated:
    """The current version of a tariff as OCPP 2.1 has it (TariffType) and in words; or what OCPP 2.1 cannot say of it."""
    await ports.reference.caught_up()
    return usecases.translated(ports, tariff)


@post(
    "/stations/{station:str}/default-tariff",
    summary="Set a station's default tariff",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def set_default_tariff(
    station: StationPath,
    data: Annotated[InstallTariff, Body(description="The tariff, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Sent]:
    """Send a provisioned tariff as default tariff (SetDefaultTariff). A station that is managed gets the assigned one again.

    422 where OCPP 2.1 cannot say all of the tariff; the problem names what.
    """
    return _answer(await usecases.install(ports, station, data, key=idempotency_key))


@post(
    "/stations/{station:str}/transaction-tariff",
    summary="Change the tariff of a transaction",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def change_transaction_tariff(
    station: StationPath,
    data: Annotated[ChangeTariff, Body(description="The transaction, the tariff, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Sent]:
    """Have the station compute a running transaction by another tariff from now on (ChangeTransactionTariff).

    The bill stays that of the tariff in force at the start: a difference is an anomaly of its charge detail record.
    """
    return _answer(await usecases.change(ports, station, data, key=idempotency_key))


@post(
    "/stations/{station:str}/fallback-texts",
    summary="Set what a station shows without tariff or cost",
    status_code=HTTPStatus.OK,
    responses={**TOLD, **documented(404, 409, 422)},
)
async def set_fallback_texts(
    station: StationPath,
    data: Annotated[FallbackTexts, Body(description="The texts, their language, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """Write the texts that a 2.x station shows a driver for whom it has no tariff (I04), and where it has no final cost (I05).

    The outcome has the station's word for each variable: one that has no such language says UnknownVariable.
    """
    command = await usecases.set_fallback_texts(ports, station, data, key=idempotency_key)
    pending = command.outcome == PENDING
    return Response(command, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def _answer(sent: Sent) -> Response[Sent]:
    pending = sent.command.outcome == PENDING
    return Response(sent, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Tariffs at stations, below stations and by themselves."""
    handlers = [
        list_station_tariffs,
        get_station_tariffs,
        get_station_form,
        set_default_tariff,
        change_transaction_tariff,
        set_fallback_texts,
    ]
    return Router(path="/", route_handlers=handlers)
