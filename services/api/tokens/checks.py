"""Checks of what is provisioned of a token, which no type can say. Each raises Problem."""

import msgspec

from schemas.tokens import TokenPlace, zone_of
from schemas.transactionlimits import TransactionLimit, limit_faults
from services.api.tokens.rows import ProvisionToken
from services.api.web.problems import invalid


def check_token(data: ProvisionToken) -> None:
    """Raises Problem for the first member that cannot stand."""
    for number, place in enumerate(data.places):
        _check_place(f"places[{number}]", place)
    for number, hours in enumerate(data.hours):
        if hours.start_time == hours.end_time != "00:00":
            raise invalid(
                f"hours[{number}].end_time", "another time than `start_time`; 00:00 to 00:00 is the whole day"
            )
    for fault in limit_faults(TransactionLimit(**msgspec.structs.asdict(data.limits)), "limits"):
        raise invalid(fault.member, fault.detail)
    if zone_of(data.time_zone) is None:
        raise invalid("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    if data.time_zone and not data.hours:
        raise invalid("time_zone", "it is that of `hours`, and there are none")
    if data.language2 and not data.language:
        raise invalid("language2", "say `language` first (C01.FR.10)")
    if data.language2 and data.language2.casefold() == data.language.casefold():
        raise invalid("language2", "another language than `language` (C01.FR.11)")
    if not data.message.isprintable():
        raise invalid("message", "printable characters only")


def _check_place(path: str, place: TokenPlace) -> None:
    if bool(place.site) == bool(place.station):
        raise invalid(path, "name a `site` or a `station`, one of the two")
    if place.evses and not place.station:
        raise invalid(f"{path}.evses", "EVSEs are those of a `station`")
    if len(set(place.evses)) != len(place.evses):
        raise invalid(f"{path}.evses", "each EVSE once")
