"""Proxies: the networks whose word about a connection is believed. PURE."""

import ipaddress

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def networks(text: str) -> Networks:
    """Networks by CIDR, separated by commas. Raises ValueError."""
    return tuple(ipaddress.ip_network(part) for part in filter(None, map(str.strip, text.split(","))))


def trusts(trusted: Networks, address: str) -> bool:
    """Whether the address is in one of the networks; IPv4 addresses written as IPv6 count as IPv4."""
    if not trusted:
        return False
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in trusted)
