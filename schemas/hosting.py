"""Hosting: the state of a key in a worker that several services share, as stored on the worker's changelog. PURE."""

import msgspec


class HostState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The states of one key, one part per service, each encoded by its service; an initial state has no part.

    Parts of services that this version of the worker does not host are left unchanged.
    """

    key: str
    parts: dict[str, msgspec.Raw] = {}
    """The JSON of each service's state, by the service's name."""


def part_of(stored: bytes | None, name: str) -> bytes | None:
    """A service's own state within a stored HostState, None where it has none."""
    if stored is None:
        return None
    part = msgspec.json.decode(stored, type=HostState).parts.get(name)
    return None if part is None else bytes(part)


def with_part(stored: bytes | None, name: str, part: bytes | None, *, key: str) -> bytes | None:
    """A stored HostState with the state of one service replaced; None (a tombstone) where no part is left."""
    state = HostState(key=key) if stored is None else msgspec.json.decode(stored, type=HostState)
    parts = {each: raw for each, raw in state.parts.items() if each != name}
    if part is not None:
        parts[name] = msgspec.Raw(part)
    return msgspec.json.encode(HostState(key=key, parts=parts)) if parts else None
