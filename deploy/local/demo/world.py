"""What the demo provisions that belongs to no single station: tokens, tariffs, templates and the like, as the API takes them. PURE."""

from collections.abc import Mapping
from typing import Any, Final

from deploy.local.demo.stations import CITIES, site_of

Body = Mapping[str, Any]

CARDS: Final[tuple[str, ...]] = (
    "042B8239BFE4B6",
    "04ACBC69FD2440",
    "04FE7A3498A703",
    "04EF2903E65D10",
    "04F027A08AA672",
    "040AA2779C7C74",
    "0441ADEDF279F0",
    "04D291E5D528E7",
)
"""Cards that drivers of the simulated fleet use; it has others that nobody provisions."""

VISITOR: Final = CARDS[0]
"""The card for which an EVSE is reserved, and by which batteries are swapped."""

PREPAID: Final = CARDS[3]

MASTER: Final = "0400000000A1B2"
"""A card of no driver: it may stop every transaction (`VOLTBUS_MASTER_PASS_GROUP` of `make up`)."""

TOKENS: Final[Mapping[str, Body]] = {
    VISITOR: {"label": "Ada Lindqvist", "language": "sv", "message": "Välkommen, Ada"},
    CARDS[1]: {"label": "Van 7", "group": "VANS", "concurrent_sessions": True},
    CARDS[2]: {"label": "Van 8", "group": "VANS", "limits": {"max_energy_wh": "1500"}},
    PREPAID: {"label": "Prepaid card 17", "prepaid": "EUR"},
    CARDS[4]: {"label": "Lost in March", "status": "Blocked"},
    CARDS[5]: {
        "label": "Night shift",
        "hours": [{"start_time": "18:00", "end_time": "08:00"}],
        "time_zone": "Europe/Berlin",
    },
    CARDS[6]: {"label": "Visitor of last year", "expires_at": "2026-01-01T00:00:00Z"},
    CARDS[7]: {"label": "Depot Hamburg", "places": [{"site": "de-ham"}], "limits": {"max_soc_percent": 80}},
    MASTER: {"label": "Master pass", "group": "MASTER", "types": ["ISO14443"]},
}
"""A card of each kind."""

TOP_UP: Final[Body] = {"amount": "25.00", "currency": "EUR", "reference": "demo"}


def _component(dimension: str, price: str) -> Body:
    return {"type": dimension, "price": price, "vat": "19"}


TARIFFS: Final[Mapping[str, Body]] = {
    "standard": {
        "label": "Standard, cheaper at night",
        "currency": "EUR",
        "elements": [
            {
                "restrictions": {"start_time": "22:00", "end_time": "06:00"},
                "price_components": [_component("ENERGY", "0.3025"), _component("PARKING_TIME", "0.60")],
            },
            {"price_components": [_component("ENERGY", "0.4118"), _component("PARKING_TIME", "2.40")]},
        ],
    },
    "ad-hoc": {
        "label": "Ad hoc",
        "currency": "EUR",
        "elements": [{"price_components": [_component("ENERGY", "0.4958")]}],
    },
    "vans": {
        "label": "Our own vans",
        "currency": "EUR",
        "elements": [{"price_components": [_component("ENERGY", "0.2100"), _component("FLAT", "0.10")]}],
    },
}

ASSIGNMENTS: Final[Mapping[str, Body]] = {
    "default": {"tariffs": ["standard"]},
    "site/fr-par": {"tariffs": ["ad-hoc"]},
    f"token/{CARDS[1]}": {"tariffs": ["vans"]},
}
"""Tariffs by the kind and the name of their target."""

BOOT_TEMPLATE: Final = "defaults"
BOOT_TEMPLATE_BODY: Final[Body] = {
    "title": "Defaults of Elbtal stations",
    "enabled": True,
    "stations": {"vendor": "Elbtal"},
    "commands": [
        {
            "command": "SetChargingProfile",
            "arguments": {
                "evse": 0,
                "profile": {
                    "purpose": "TxDefaultProfile",
                    "kind": "Relative",
                    "schedules": [{"unit": "A", "periods": [{"limit": "32"}]}],
                },
            },
        },
        {"command": "TriggerMessage", "arguments": {"requested_message": "StatusNotification", "evse": 1}},
    ],
}
"""A default profile and a look at the first EVSE, after every boot of the simulated stations of one vendor."""

VENDOR: Final = "Elbtal"
VENDOR_BODY: Final[Body] = {
    "note": "Tells after each start how many EVSEs it has.",
    "messages": [{"message_id": "Started", "status": "Accepted"}],
}

COMPATIBILITY: Final = "norvolt-street"
COMPATIBILITY_BODY: Final[Body] = {
    "vendor": "Norvolt",
    "model": "Street*",
    "strict": True,
    "note": "Every message keeps to its schema; one that does not is refused, so that it is noticed.",
}

PROFILE_TEMPLATE: Final = "evening"
PROFILE_TEMPLATE_BODY: Final[Body] = {
    "label": "16 A in the evening",
    "profile": {
        "purpose": "ChargingStationMaxProfile",
        "kind": "Recurring",
        "recurrency": "Daily",
        "schedules": [
            {
                "unit": "A",
                "start_at": "2026-01-01T17:00:00Z",
                "duration_s": 14_400,
                "periods": [{"limit": "16"}],
            }
        ],
    },
}

WEBHOOK: Final = "demo-receiver"
WEBHOOK_KINDS: Final = ("session.started", "session.ended", "cdr.issued", "payment.changed")

ROLE: Final = "night-shift"
ROLE_BODY: Final[Body] = {
    "permissions": ["*:read", "commands:command", "diagnostics:command"],
    "note": "Sees everything, sends commands and fetches logs.",
}
USER: Final = "dispatch"
USER_BODY: Final[Body] = {"roles": [ROLE], "note": "Has no password: nobody signs in so before one is set."}
API_KEY_BODY: Final[Body] = {"roles": ["viewer"], "note": "Reports. Of the demo: nobody has kept its secret."}

SIMULATED: Final[dict[str, str]] = {"fleet": "simulated"}
"""The label of simulated stations: what goes by vendor leaves out others of that vendor."""

CAMPAIGN_BODY: Final[Body] = {
    "name": "Urban 7 to 1.20.0",
    "firmware": {"version": "1.20.0", "location": "https://firmware.example.com/urban-7-1.20.0.bin"},
    "targets": {"vendor": "Fjordkraft", "labels": SIMULATED},
    "waves": [{"stations": 1}, {"percent": 100}],
    "policy": {"healthy_for_s": 30},
}
"""The simulated stations fetch nothing: they take the version from the location's name."""

SECURITY_BATCH_BODY: Final[Body] = {
    "kind": "rotate-password",
    "title": "New passwords of Norvolt",
    "criteria": {"vendor": "Norvolt", "labels": SIMULATED},
    "first": 1,
    "max_failures": 1,
}


def provisioned(station: str) -> Body:
    """A row of an import of stations: where a simulated station stands."""
    city, time_zone = CITIES[station.rpartition("-")[0]]
    return {"station": station, "site": site_of(station), "time_zone": time_zone, "labels": {"city": city, **SIMULATED}}
