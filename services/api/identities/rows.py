"""Rows: what the API says of persons whom it keeps under pseudonyms."""

import datetime as dt
from typing import Annotated, Any

import msgspec
from litestar.params import PathParameter

IdentityPath = Annotated[str, PathParameter(description="The token or the customer, or the pseudonym.")]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """A person under a pseudonym."""

    identity: Annotated[str, msgspec.Meta(description="The pseudonym: what topics, states and ClickHouse have.")]
    known_as: Annotated[str, msgspec.Meta(description="The token or the customer.")]
    provisioned: Annotated[bool, msgspec.Meta(description="Whether it is a token that is provisioned.")]
    kept_at: Annotated[dt.datetime | None, msgspec.Meta(description="When the person was first named.")] = None


class Erased(msgspec.Struct, frozen=True, kw_only=True):
    """What an erasure did."""

    identities: Annotated[
        list[str],
        msgspec.Meta(description="The pseudonyms. Nobody can be read from them any more; sessions and CDRs keep them."),
    ]
    token_removed: Annotated[bool, msgspec.Meta(description="Whether a provisioned token was removed with it.")]


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an export: what is known of a person."""

    kind: Annotated[
        str,
        msgspec.Meta(
            description="identity, token, credit-change, authorization, session, cdr, reservation, session-limit or battery-swap."
        ),
    ]
    content: Any
