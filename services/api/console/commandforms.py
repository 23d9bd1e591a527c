"""Command forms: every canonical command as fields for people, and what they filled in as the command's arguments. PURE."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from schemas.configuration import KEY_FORM
from services.api.asked import CANONICAL
from services.api.models import EXAMPLES
from services.api.problems import invalid

WHOLE = "arguments"
"""The field of all arguments at once."""

Kind = Literal["text", "number", "choice", "json", "keys", "object"]


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One argument. `suggest` names a list of values that the page offers."""

    name: str
    label: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    hint: str = ""
    suggest: str = ""


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One command. `disturbs`: it interrupts whoever charges there."""

    command: str
    title: str
    about: str
    fields: tuple[Field, ...]
    disturbs: bool = False


def _evse(label: str = "EVSE", *, required: bool = False) -> Field:
    hint = "" if required else "Empty: the station as a whole, or as it decides."
    return Field(name="evse", label=label, kind="number", required=required, hint=hint, suggest="evses")


TRIGGERS = (
    "StatusNotification",
    "BootNotification",
    "Heartbeat",
    "MeterValues",
    "TransactionEvent",
    "FirmwareStatusNotification",
    "LogStatusNotification",
)

_OWN = (
    Form(
        command="RemoteStart",
        title="Start charging",
        about="Start a transaction with a token, as if it had been shown at the station.",
        fields=(
            Field(name="token", label="Token", required=True, suggest="tokens"),
            _evse(),
        ),
    ),
    Form(
        command="RemoteStop",
        title="Stop charging",
        about="End a running transaction.",
        fields=(Field(name="transaction_id", label="Transaction", required=True, suggest="transactions"),),
    ),
    Form(
        command="UnlockConnector",
        title="Unlock connector",
        about="Release the cable of a connector.",
        fields=(
            _evse(required=True),
            Field(name="connector", label="Connector", kind="number", hint="Empty: connector 1."),
        ),
    ),
    Form(
        command="ChangeAvailability",
        title="Change availability",
        about="Take the station, an EVSE or a connector in or out of operation.",
        fields=(
            Field(
                name="operational_status",
                label="State",
                kind="choice",
                choices=("Operative", "Inoperative"),
                required=True,
            ),
            _evse(),
            Field(name="connector", label="Connector", kind="number", hint="Empty: the whole EVSE."),
        ),
    ),
    Form(
        command="Reset",
        title="Restart station",
        about="Restart the station: when nobody charges, or now.",
        fields=(
            Field(name="type", label="When", kind="choice", choices=("OnIdle", "Immediate"), required=True),
            _evse(),
        ),
        disturbs=True,
    ),
    Form(
        command="TriggerMessage",
        title="Ask for a message",
        about="Have the station send a message now.",
        fields=(
            Field(name="requested_message", label="Message", kind="choice", choices=TRIGGERS, required=True),
            _evse(),
        ),
    ),
    Form(
        command="GetConfiguration",
        title="Read settings",
        about="Read configuration keys (OCPP 1.6) or variables (2.x).",
        fields=(
            Field(
                name="settings", label="Keys", kind="keys", hint=f"One a line; empty: all of them (1.6). {KEY_FORM}."
            ),
        ),
    ),
    Form(
        command="SetConfiguration",
        title="Write a setting",
        about="Write a configuration key (OCPP 1.6) or a variable (2.x).",
        fields=(
            Field(name="key", label="Key", required=True, hint=f"{KEY_FORM}."),
            Field(name="value", label="Value"),
        ),
    ),
    Form(
        command="DataTransfer",
        title="Send vendor data",
        about="Send a vendor's own message.",
        fields=(
            Field(name="vendor_id", label="Vendor", required=True),
            Field(name="message_id", label="Message"),
            Field(name="data", label="Data", kind="json", hint="JSON; anything else goes as text."),
        ),
    ),
)


def _plain(command: str) -> Form:
    """A form for a command that has none of its own: all its arguments at once."""
    about = (CANONICAL[command].__doc__ or "").strip().partition("\n")[0]
    hint = f"As in {msgspec.json.encode(EXAMPLES.get(command, {})).decode()}"
    whole = Field(name=WHOLE, label="Arguments (JSON)", kind="object", hint=hint)
    return Form(command=command, title=command, about=about, fields=(whole,))


FORMS = (*_OWN, *(_plain(command) for command in sorted(set(CANONICAL) - {form.command for form in _OWN})))

BY_COMMAND = {form.command: form for form in FORMS}


def arguments(form: Form, given: Mapping[str, str]) -> dict[str, Any]:
    """The command's arguments as they were filled in. Raises Problem naming the field that cannot be used."""
    if form.fields[0].name == WHOLE:
        return _object(given.get(WHOLE, ""))
    if form.command == "SetConfiguration":
        setting = {"key": given.get("key", "").strip(), "value": given.get("value", "")}
        return {"settings": [setting]}
    filled = {field.name: _value(field, given.get(field.name, "")) for field in form.fields}
    return {name: value for name, value in filled.items() if value is not None}


def _value(field: Field, text: str) -> Any:
    text = text.strip()
    match field.kind:
        case "keys":
            return [{"key": key} for line in text.splitlines() if (key := line.strip())]
        case _ if not text:
            return None
        case "number":
            return _number(field, text)
        case "json":
            return _json_or_text(text)
    return text


def _number(field: Field, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid(field.name, f"{field.label} is a whole number")
    return int(text)


def _object(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text.strip() or "{}", type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise invalid(WHOLE, f"a JSON object is expected: {error}") from error


def _json_or_text(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
