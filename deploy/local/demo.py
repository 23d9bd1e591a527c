"""The demo world: what `make up` provisions for its simulated stations at its first start, through the API as an operator does."""

import asyncio
import json
import sys
import urllib.error
import urllib.request
from typing import Any, Final

ANSWER_WITHIN_S: Final = 15.0

BOOT_TEMPLATE: Final = "defaults"
BOOT_TEMPLATE_BODY: Final[dict[str, Any]] = {
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
"""A default profile and a look at the first EVSE, after every boot of the simulated stations of one vendor (`loadtest`)."""


async def provision(api: str, key: str) -> None:
    """Have the boot template stand unless there is one of its name. Where that fails, say so on stderr; the product runs without it."""
    try:
        await asyncio.to_thread(_put, f"{api}/boot-templates/{BOOT_TEMPLATE}", key, BOOT_TEMPLATE_BODY)
    except urllib.error.HTTPError as error:
        if error.code != 412:  # it is there already
            print(f"The boot template of the demo was refused: {error.read().decode()}", file=sys.stderr)
    except OSError as error:
        print(f"The boot template of the demo could not be written: {error}", file=sys.stderr)


def _put(url: str, key: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 the API of this process's own children
        url,
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json", "If-None-Match": "*"},
    )
    with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S):  # noqa: S310
        pass
