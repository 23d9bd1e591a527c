"""Addresses: to which of them servers may send requests that others ask for. PURE.

Whoever names a URL (an operator a webhook, a station a responder) could otherwise have our servers send requests into networks that only
they can reach. Link-local addresses, where clouds keep the credentials of their machines, are never allowed.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def address_refusal(address: str, *, private: bool, setting: str) -> str:
    """Why nothing is sent to this IP address; empty where it may be. `setting` allows addresses that are not public.

    Raises ValueError for a text that is no address.
    """
    found = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    if found.is_link_local or found.is_multicast or found.is_unspecified or found in _BROADCAST:
        return f"{found} is an address to which requests are never sent"
    if not found.is_global and not private:
        return f"{found} is no public address; {setting} allows such ones"
    return ""


def literal(host: str) -> str | None:
    """The host where it is an IP address, None where it is a name."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return host


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
