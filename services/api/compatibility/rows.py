"""Compatibility as the API shows it: a row of the matrix with whose it is, and what an operator writes."""

import re
from typing import Annotated, Literal

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.compatibility import ANY, LONGEST_PATTERN, MEANINGS, CompatibilityProvisioned, Row, Rule
from schemas.deviations import Deviation
from services.api.web.problems import FieldError, invalid, invalid_fields

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
NOT_IN_PATTERNS = frozenset("[]{}\\")

NamePath = Annotated[str, PathParameter(description="The row's name: 1 to 64 of a-z, 0-9, '.', '_' and '-'.")]

_RULES = "; ".join(f"`{rule}` {meaning}" for rule, meaning in MEANINGS.items())
_PATTERN = "any case; `*` stands for any characters, `?` for one"


class ProvisionRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the matrix. It holds for stations of which vendor, model, firmware and id fit; all four are `*` where left out."""

    vendor: Annotated[str, msgspec.Meta(description=f"Vendor, {_PATTERN}.", examples=["Acme*"])] = ANY
    model: Annotated[str, msgspec.Meta(description="Model, the same way.", examples=["Post ?"])] = ANY
    firmware: Annotated[str, msgspec.Meta(description="Firmware, the same way.", examples=["1.2.*"])] = ANY
    station: Annotated[
        str,
        msgspec.Meta(
            description="Station id, the same way. A row that names one station, without `*` and `?`, stands alone for it.",
            examples=["DE-BER-*"],
        ),
    ] = ANY
    rules: Annotated[
        tuple[str, ...],
        msgspec.Meta(max_length=len(Rule), description=f"What is done for them: {_RULES}.", examples=[["no-pong"]]),
    ] = ()
    deviations: Annotated[
        tuple[str, ...],
        msgspec.Meta(
            max_length=len(Deviation),
            description="What their messages are known to need (words of `deviations`), for the reader.",
            examples=[["text-too-long"]],
        ),
    ] = ()
    strict: Annotated[
        bool, msgspec.Meta(description="No message of theirs that breaks its schema is read leniently: it is refused.")
    ] = False
    note: Annotated[str, msgspec.Meta(max_length=500, description="What was seen, and where.")] = ""


class CompatibilityRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the matrix that holds now. `origin`: it ships with the product, or an operator wrote it."""

    name: str
    vendor: str
    model: str
    firmware: str
    station: str
    rules: tuple[str, ...]
    deviations: tuple[str, ...]
    strict: bool
    note: str
    origin: Literal["shipped", "operator"]
    replaces_shipped: bool = False
    provisioned_at: Timestamp | None = None
    provisioned_by: str = ""


def row_of(name: str, data: ProvisionRow) -> Row:
    """The row that an operator wants. Raises Problem for each name, pattern and word that cannot be used."""
    if not NAME.fullmatch(name):
        raise invalid("name", "1 to 64 of a-z, 0-9, '.', '_' and '-', a letter or digit first")
    errors = [
        *(
            error
            for member in ("vendor", "model", "firmware", "station")
            for error in _pattern(member, getattr(data, member))
        ),
        *_words("rules", data.rules, tuple(Rule)),
        *_words("deviations", data.deviations, tuple(Deviation)),
    ]
    if errors:
        raise invalid_fields(errors)
    return Row(
        name=name,
        vendor=data.vendor,
        model=data.model,
        firmware=data.firmware,
        station=data.station,
        rules=tuple(dict.fromkeys(map(Rule, data.rules))),
        deviations=tuple(dict.fromkeys(data.deviations)),
        strict=data.strict,
        note=data.note,
    )


def row_view(row: Row, record: CompatibilityProvisioned | None, *, ships: bool) -> CompatibilityRow:
    """A row as it is shown; `record` is the operator's, where it is one."""
    members = {name: getattr(row, name) for name in Row.__struct_fields__} | {"rules": tuple(map(str, row.rules))}
    if record is None:
        return CompatibilityRow(**members, origin="shipped")
    return CompatibilityRow(
        **members,
        origin="operator",
        replaces_shipped=ships,
        provisioned_at=record.provisioned_at,
        provisioned_by=record.provisioned_by,
    )


def _pattern(member: str, text: str) -> list[FieldError]:
    if 1 <= len(text) <= LONGEST_PATTERN and text.isprintable() and not NOT_IN_PATTERNS & set(text):
        return []
    detail = f"1 to {LONGEST_PATTERN} printable characters; `*` stands for any, `?` for one, brackets and backslashes for nothing"
    return [FieldError(field=member, detail=detail)]


def _words(member: str, words: tuple[str, ...], allowed: tuple[str, ...]) -> list[FieldError]:
    return [
        FieldError(field=f"{member}[{place}]", detail=f"{word!r} is not known; there are {', '.join(allowed)}")
        for place, word in enumerate(words)
        if word not in allowed
    ]
