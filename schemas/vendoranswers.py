"""Vendor answers: what a station's DataTransfer is answered, by the vendors that operators provision (2.x part 2, P02; 1.6, 4.3). PURE.

The data of an answer is a template in JSON. In its strings `${...}` stands for something of the message:

| placeholder | stands for |
|---|---|
| `${station}`, `${vendor_id}`, `${message_id}` | the station's id, the message's own words |
| `${now}` | the time of the answer, in UTC |
| `${data}` | the data of the message |
| `${data.a.b}`, `${data.items.0}` | a member of it; data that is a text of JSON counts as what it says |

A string that is one placeholder and nothing else becomes the value itself; in longer strings a value is written as text, and what is not
there as nothing. `$$` is a dollar sign.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from schemas.base import null
from schemas.vendors import ANY_MESSAGE, TransferStatus, VendorMessage, VendorProvisioned, vendor_key

LARGEST_TEMPLATE_BYTES = 8_192
LARGEST_ANSWER_BYTES = 65_536
"""Where the data of an answer would be larger, the message is rejected: a template may name the same data many times."""

DEEPEST = 32
"""Levels of a template."""

NAMES = ("station", "vendor_id", "message_id", "now", "data")

_PLACEHOLDER = re.compile(r"\$\$|\$\{([^{}]*)\}")
_WHOLE = re.compile(r"\$\{([^{}]*)\}")

Vendors = Mapping[str, VendorProvisioned]
"""Vendors by `vendor_key`."""


class BadTemplate(ValueError):
    """A template cannot be used; the message says why."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """A DataTransfer of a station. `data`: JSON as it was sent, null where there is none."""

    station: str
    vendor_id: str
    message_id: str
    data: msgspec.Raw
    at: datetime


class VendorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a DataTransfer. `data`: JSON, null for none."""

    status: TransferStatus
    data: msgspec.Raw = msgspec.field(default_factory=null)


UNKNOWN_VENDOR = VendorAnswer(status="UnknownVendorId")
UNKNOWN_MESSAGE = VendorAnswer(status="UnknownMessageId")


def answer_of(vendors: Vendors, transfer: Transfer) -> VendorAnswer:
    """What a message is answered: P02.FR.06 for a vendor that nobody provisioned, P02.FR.07 for a message without a rule."""
    vendor = vendors.get(vendor_key(transfer.vendor_id))
    if vendor is None:
        return UNKNOWN_VENDOR
    rule = rule_of(vendor, transfer.message_id)
    if rule is None:
        return UNKNOWN_MESSAGE
    data = composed(rule.data, transfer)
    if len(bytes(data)) > LARGEST_ANSWER_BYTES:
        return VendorAnswer(status="Rejected")
    return VendorAnswer(status=rule.status, data=data)


def rule_of(vendor: VendorProvisioned, message_id: str) -> VendorMessage | None:
    """The rule for a message: that of its id, whatever its case, else that of all others; None where there is neither."""
    by_id = {rule.message_id.casefold(): rule for rule in vendor.messages}
    return by_id.get(message_id.strip().casefold()) or by_id.get(ANY_MESSAGE)


def composed(template: msgspec.Raw, transfer: Transfer) -> msgspec.Raw:
    """The data of an answer: the template with its placeholders filled, without white space."""
    if b"$" not in bytes(template):
        return template
    filled = msgspec.json.encode(_filled(msgspec.json.decode(template), transfer))
    try:
        return msgspec.Raw(msgspec.json.format(filled, indent=-1))
    except RecursionError:  # the station's own data is nested that deeply
        return msgspec.Raw(filled)


def check_template(template: msgspec.Raw) -> None:
    """Check that a template is JSON within the limits, and that its placeholders name something. Raises BadTemplate."""
    if len(bytes(template)) > LARGEST_TEMPLATE_BYTES:
        raise BadTemplate(f"it has more than {LARGEST_TEMPLATE_BYTES} bytes")
    try:
        value = msgspec.json.decode(template)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadTemplate(f"it is not JSON: {error}") from error
    for text in _texts(value, DEEPEST):
        for found in _PLACEHOLDER.finditer(text):
            name = (found[1] or "").split(".")[0]
            if found[0] != "$$" and (name not in NAMES or (name != "data" and "." in found[1])):
                known = ", ".join(f"${{{each}}}" for each in NAMES)
                raise BadTemplate(f"{found[0]} stands for nothing: there are {known} and ${{data.member}}")


def _texts(value: Any, levels: int) -> Iterator[str]:
    """Every string of a value, names of members left out. Raises BadTemplate where it is nested too deeply."""
    if levels == 0:
        raise BadTemplate(f"it is nested more than {DEEPEST} levels deep")
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each, levels - 1)
        case dict():
            for each in value.values():
                yield from _texts(each, levels - 1)


def _filled(value: Any, transfer: Transfer) -> Any:
    match value:
        case str():
            whole = _WHOLE.fullmatch(value)
            if whole is not None:
                return _meant(whole[1], transfer)
            return _PLACEHOLDER.sub(lambda found: "$" if found[0] == "$$" else _text(_meant(found[1], transfer)), value)
        case list():
            return [_filled(each, transfer) for each in value]
        case dict():
            return {name: _filled(each, transfer) for name, each in value.items()}
    return value


def _meant(path: str, transfer: Transfer) -> Any:
    """What a placeholder stands for; None for nothing."""
    name, *members = path.split(".")
    match name:
        case "now":
            return transfer.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        case "data":
            return _member(transfer.data, members)
    return getattr(transfer, name, None)


def _member(data: msgspec.Raw, members: list[str]) -> Any:
    """A member of the data, exactly as it was written; None where there is none."""
    found = data
    for number, member in enumerate(members):
        value = _decoded(found)
        if number == 0 and isinstance(value, str):
            value = _decoded(value.encode())
        if isinstance(value, dict) and member in value:
            found = value[member]
        elif isinstance(value, list) and member.isdecimal() and int(member[:9]) < len(value):
            found = value[int(member[:9])]
        else:
            return None
    return found


def _decoded(json: bytes) -> Any:
    """One level of JSON, the rest as it is written; a string as such; None where it is neither."""
    for kind in (dict[str, msgspec.Raw], list[msgspec.Raw], str):
        try:
            return msgspec.json.decode(json, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    return None


def _text(value: Any) -> str:
    """A value within a text: strings as they are, nothing for null, all else as JSON."""
    if isinstance(value, msgspec.Raw):
        text = bytes(value).decode(errors="replace")
        decoded = _decoded(value) if text.startswith('"') else None
        return decoded if isinstance(decoded, str) else "" if text == "null" else text
    return "" if value is None else str(value)
