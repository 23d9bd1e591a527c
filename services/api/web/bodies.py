"""Bodies: what every request body has in common. PURE."""

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body: members that do not exist are refused, so that a mistyped one is not lost in silence."""
