"""Session orders on the console: end, correct or release a session, with a reason."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import Request, post

from services.api.console import forms
from services.api.console.rendering import Shown
from services.api.sessions import orders
from services.api.sessions.orders import CorrectSession, EndSession, ReleaseSession
from services.api.sessions.routes import SessionPath
from services.api.web.parameters import Given
from services.api.web.problems import invalid


@post("/sessions/{session:str}/end", status_code=200)
async def end(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Any:
    """Say that it is over."""
    await orders.end(ports, session, forms.body(_given_values(await forms.posted(request)), EndSession))
    return show.notice(request, "The session is ended; its bill follows.", then=f"/sessions/{session}")


@post("/sessions/{session:str}/correct", status_code=200)
async def correct(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Any:
    """Say when it ended, or what was charged."""
    await orders.correct(ports, session, forms.body(_given_values(await forms.posted(request)), CorrectSession))
    return show.notice(request, "The session is corrected; its bill follows.", then=f"/sessions/{session}")


@post("/sessions/{session:str}/release", status_code=200)
async def release(request: Request[Any, Any, Any], session: SessionPath, ports: Given, show: Shown) -> Any:
    """Free its token."""
    given = {"reason": (await forms.posted(request)).get("reason", "").strip()}
    await orders.release(ports, session, forms.body(given, ReleaseSession))
    return show.notice(request, "The token is free.", then=f"/sessions/{session}")


def _given_values(given: Mapping[str, str]) -> dict[str, Any]:
    """The form as the API's members: kilowatt-hours, as people say them, in watt-hours. Raises Problem."""
    energy = given.get("energy_kwh", "").strip()
    try:
        energy_wh = Decimal(energy) * 1000 if energy else None
    except InvalidOperation as error:
        raise invalid("energy_kwh", f"{energy!r} is no number") from error
    return {
        "reason": given.get("reason", "").strip(),
        "ended_at": forms.moment("ended_at", given.get("ended_at", "")),
        "energy_wh": energy_wh,
    }


HANDLERS = (end, correct, release)
