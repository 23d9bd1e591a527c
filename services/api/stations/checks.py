"""Checks of what is provisioned of a station. Each raises Problem."""

from schemas.evsetypes import EvseDescribed
from schemas.ids import STATION_ID_RULE, is_station_id
from services.api.web.problems import invalid
from services.billing.localtime import zone_of


def usable_password(text: str) -> str:
    """A password that every station can send. Raises Problem."""
    if not text.isascii() or not text.isprintable():
        raise invalid("password", "printable ASCII characters only")
    return text


def time_zone(text: str) -> str:
    """A time zone that tariffs can go by; empty for none of its own. Raises Problem."""
    if text and zone_of(text) is None:
        raise invalid("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    return text


def evses(described: tuple[EvseDescribed, ...]) -> tuple[EvseDescribed, ...]:
    """EVSEs, each described once. Raises Problem."""
    numbers = [one.evse for one in described]
    if len(set(numbers)) != len(numbers):
        raise invalid("evses", "each EVSE stands once: name all of its connectors together")
    return described


def station_id(text: str) -> str:
    """The id of a station to provision. Raises Problem for what no station can be called."""
    if not is_station_id(text):
        raise invalid("station", STATION_ID_RULE)
    return text
