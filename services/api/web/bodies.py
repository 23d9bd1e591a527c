"""Bodies: what every request body has in common. PURE."""

from typing import Annotated

import msgspec

Owner = Annotated[
    Annotated[str, msgspec.Meta(max_length=64)] | None,
    msgspec.Meta(
        description="The tenant whose it is: it holds at this tenant's stations alone. Empty: the deployment's, it holds at all stations."
        " Null: as before; of a new one the tenant of the key where that is limited to one, else the deployment.",
    ),
]
"""The tenant of what does not hang on a station, as callers name it."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body: members that do not exist are refused, so that a mistyped one is not lost in silence."""
