"""Addresses: where webhooks may be sent. PURE.

Decision: addresses that are not public are refused unless `webhook_private_addresses` allows them. Whoever may provision a webhook could
otherwise have our servers send requests into networks that only they can reach, and learn from the deliveries what is there. Link-local
addresses, where clouds keep the credentials of their machines, are never allowed. A name is resolved for each connection and the address
that it gives is judged, not the name: it may change after it was provisioned.
"""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

PRIVATE = (
    "Whether webhooks may be sent to addresses that are not public, as those of a machine beside this one: forbid, or allow. The same for"
    " the API and the workers. Link-local addresses are never sent to."
)
"""The description of the setting `webhook_private_addresses`."""

PrivateAddresses = Annotated[Literal["forbid", "allow"], msgspec.Meta(description=PRIVATE)]

SCHEMES = ("https", "http")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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
    address = _literal(parts.hostname)
    refused = address_refusal(address, private=private) if address is not None else ""
    return next((reason for reason, holds in unusable.items() if holds), refused)


def address_refusal(address: str, *, private: bool) -> str:
    """Why nothing is sent to this IP address; empty where it may be. Raises ValueError for a text that is none."""
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_link_local or found.is_multicast or found.is_unspecified or found in _BROADCAST:
        return f"{found} is an address to which webhooks are never sent"
    if not found.is_global and not private:
        return f"{found} is no public address; webhook_private_addresses allows such ones"
    return ""


_BROADCAST = (ipaddress.IPv4Address("255.255.255.255"),)

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, where it stands for one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _literal(host: str) -> str | None:
    """The host where it is an IP address, None where it is a name."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return host
