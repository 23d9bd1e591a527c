"""Addresses: where webhooks may be sent. PURE.

Decision: addresses that are not public are refused unless `webhook_private_addresses` allows them. Whoever may provision a webhook could
otherwise have our servers send requests into networks that only they can reach, and learn from the deliveries what is there. Link-local
addresses, where clouds keep the credentials of their machines, are never allowed. A name is resolved for each connection and the address
that it gives is judged, not the name: it may change after it was provisioned.
"""

from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from schemas import addresses

SETTING = "webhook_private_addresses"
PRIVATE = (
    "Whether webhooks may be sent to addresses that are not public, as those of a machine beside this one: forbid, or allow. The same for"
    " the API and the workers. Link-local addresses are never sent to."
)
"""The description of the setting `webhook_private_addresses`."""

PrivateAddresses = Annotated[Literal["forbid", "allow"], msgspec.Meta(description=PRIVATE)]

SCHEMES = ("https", "http")


def url_refusal(url: str, *, private: bool) -> str:
    """Why no webhook may have this URL; empty where it may. `private`: addresses that are not public are allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"it is not a URL: {error}"
    if parts.scheme not in SCHEMES or not parts.hostname:
        return "a URL as https://example.com/events is expected; http works too"
    unusable = {
        "it has characters that a URL does not have: write them percent-encoded": not url.isascii()
        or not url.isprintable()
        or " " in url,
        "leave the login out of it: deliveries are signed, and the URL is shown": parts.username is not None
        or parts.password is not None,
        "a fragment (#) is not sent to servers: leave it out": bool(parts.fragment),
        "port 0 cannot be connected to": port == 0,
    }
    address = addresses.literal(parts.hostname)
    refused = address_refusal(address, private=private) if address is not None else ""
    return next((reason for reason, holds in unusable.items() if holds), refused)


def address_refusal(address: str, *, private: bool) -> str:
    """Why nothing is sent to this IP address; empty where it may be. Raises ValueError for a text that is none."""
    return addresses.address_refusal(address, private=private, setting=SETTING)
