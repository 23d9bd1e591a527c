"""Secrets: which members of commands and messages are passwords and keys, and how they are masked. PURE.

A member is a secret by its own name (`password`, `privateKey`, `simPin` ...) or by the name of the setting it is the value of
(1.6 `AuthorizationKey`; 2.x `SecurityCtrlr.BasicAuthPassword`), in any case of letters. So are the password in an address
(`ftp://user:password@host`) and a private key in PEM, wherever they stand.
"""

import re
from collections.abc import Callable
from json import dumps
from typing import Any

import msgspec

from schemas.base import OcppVersion
from schemas.commands import Command, RawCall
from schemas.configuration import SetConfiguration, SettingName

MASK = "***"
"""The replacement for a secret wherever it is stored or shown."""

PERSONAL = frozenset({"NotifyCustomerInformation"})
"""Messages with what a station keeps of a customer (N09): logs have no more of them than that they came."""

SEALED = "sealed:v1:"
"""Prefix of a sealed secret: see `schemas.sealing`."""

SHORTEST_ECHO = 4
"""Shorter secrets are not searched for in a station's messages: three digits of a PIN occur in many numbers."""

Hide = Callable[[Any, str], Any]
"""Makes the replacement of a secret from it and from what may be shown of it."""

# -- names ------------------------------------------------------------------------------------------------------------

_SECRET = re.compile(
    r"passw(?:or)?d|passphrase|passcode|pwd|secret|authorization_?key|"
    r"(?:private|shared|pre_?shared|api|encryption|vpn)[_ -]?key|(?<![a-z])psk|psk(?![a-z])",
    re.IGNORECASE,
)
_PIN = re.compile(r"(?<![A-Za-z])[Pp](?:in|IN)(?![a-z])|(?<=[a-z0-9])P(?:in|IN)(?![a-z])|[Pp]in[Cc]ode")
_VALUES = frozenset({"value", "attributeValue", "actualValue"})
"""Members with the value of the setting that the same object names."""

_ADDRESS = re.compile(
    r"(?P<before>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s/@:]{0,200}:)(?P<secret>[^\s/@]{1,500})@", re.IGNORECASE
)
_PEM = re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----")
_ASSIGNED = re.compile(
    r"(?P<before>(?:password|passwd|passphrase|pwd|secret|\bpin)\s{0,5}[=:]\s{0,5})(?P<secret>[^\s;,&\"']{1,200})",
    re.IGNORECASE,
)
_HINT = re.compile(r"p(?:ass|wd|sk|in)")
"""Matches lower-case text wherever one of the signs below occurs, except `secret` and `key`; starting with a letter makes it fast."""

_SIGNS = (
    "passw", "passphrase", "passcode", "pwd", "secret", "psk", "private", "authorizationkey", "authorization_key", "vpn",
    "encryption", "sharedkey", "shared_key", "shared key", "shared-key", "apikey", "api_key", "api key", "api-key",
)  # fmt: skip
"""Every text with a secret contains one of these in lower case, or an address with an @, or a PIN."""


def is_secret(name: str) -> bool:
    """Whether a member or a setting of that name is a password, a key or a PIN."""
    return _SECRET.search(name) is not None or _PIN.search(name) is not None


def may_have_secret(text: str) -> bool:
    """Whether the text may contain a secret; fast, because it is called for every frame of every station."""
    small = text.lower()
    hinted = (
        _HINT.search(small) is not None
        or "secret" in small
        or ("k" in small and "key" in small)
        or ("@" in small and "://" in small)
    )
    return hinted and _has_a_sign(text, small)


def _has_a_sign(text: str, small: str) -> bool:
    if any(sign in small for sign in _SIGNS) or ("://" in small and "@" in small):
        return True
    found = small.find("pin")
    while found >= 0:
        if _PIN.search(text, max(0, found - 1), found + 8):
            return True
        found = small.find("pin", found + 1)
    return False


# -- JSON -------------------------------------------------------------------------------------------------------------


def hide_in(value: Any, hide: Hide, *, within: str = "", values: frozenset[str] = frozenset()) -> Any:
    """The same JSON value with each secret in it hidden.

    `within`: the name of the member that holds it; `values`: the members of it that are secret for that reason.
    """
    match value:
        case dict():
            secret = values | _VALUES if _names_a_secret(value) else values
            return {name: _member(name, each, hide, within=within, values=secret) for name, each in value.items()}
        case list():
            return [hide_in(each, hide, within=within, values=values) for each in value]
        case str():
            return _text(value, hide)
    return value


def _names_a_secret(value: dict[str, Any]) -> bool:
    """Whether an object names a setting that is a secret: `key` of 1.6 and of commands, `variable` of 2.x."""
    variable = value.get("variable")
    variable_name = variable.get("name") if isinstance(variable, dict) else variable
    return any(isinstance(name, str) and is_secret(name) for name in (value.get("key"), variable_name))


def _member(name: str, value: Any, hide: Hide, *, within: str, values: frozenset[str]) -> Any:
    if isinstance(value, bool) or value is None or value == "":
        return value
    # The shared secret of a VPN is called `key` (2.x SetNetworkProfile, VPNType).
    if name in values or is_secret(name) or (within, name) == ("vpn", "key"):
        return hide(value, MASK)
    return hide_in(value, hide, within=name, values=values if name == "variableAttribute" else frozenset())


def _text(text: str, hide: Hide) -> Any:
    if text.startswith(SEALED):
        return hide(text, MASK)
    if not may_have_secret(text):
        return text
    if _PEM.search(text):
        return hide(text, MASK)
    shown = mask_text(text) if text[:1] in "{[" else text
    shown = _ADDRESS.sub(rf"\g<before>{MASK}@", shown)
    shown = _ASSIGNED.sub(rf"\g<before>{MASK}", shown)
    return text if shown == text else hide(text, shown)


def _show(_: Any, shown: str) -> str:
    return shown


def mask_words(text: str) -> str:
    """A sentence with the passwords in its addresses and after `password=` masked."""
    return str(_text(text, _show))


_json = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode()))
"""Numbers stay as they are written."""


def mask_text(text: str) -> str:
    """A message with every secret masked; of one that cannot be parsed and may contain secrets, only its beginning is returned."""
    if not may_have_secret(text):
        return text
    try:
        value = _json.decode(text)
        masked = hide_in(value, _show)
        return text if masked == value else msgspec.json.encode(masked).decode()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return f"{text[: max(0, text.find('{'))][:100]} {MASK} (it cannot be read, and may have a secret)"


def mask_json(json: bytes) -> msgspec.Raw:
    """JSON with every secret masked; unchanged where it has none."""
    text = bytes(json).decode(errors="replace")
    masked = mask_text(text) if may_have_secret(text) else text
    if masked == text:
        return msgspec.Raw(bytes(json))
    try:
        return msgspec.Raw(msgspec.json.format(masked.encode(), indent=-1))
    except (msgspec.DecodeError, RecursionError):
        return msgspec.Raw(msgspec.json.encode(masked))


# -- commands ---------------------------------------------------------------------------------------------------------


def mask_command(command: Command) -> Command:
    """The command with every secret masked, sealed or not, for storage and display."""
    try:
        return with_secrets(command, _show)
    except RecursionError:  # nested more deeply than any valid command: none of it is shown
        return RawCall(action=str(command.__struct_config__.tag), payload=msgspec.Raw(b'{"***":"***"}'))


def with_secrets(command: Command, change: Hide) -> Command:
    """The command with `change` applied to each secret; the same where it has none. Raises RecursionError where it is nested deeply."""
    text = msgspec.json.encode(command).decode()
    if SEALED not in text and not may_have_secret(text):
        return command
    members = _json.decode(text)
    changed = hide_in(members, change)
    if changed == members:
        return command
    again: Command = msgspec.json.decode(msgspec.json.encode(changed), type=Command)
    return again


def secrets_in(command: Command) -> tuple[str, ...]:
    """The secrets of a command, without very short ones, so that they can be masked where the station repeats them."""
    found: list[str] = []

    def note(value: Any, _: str) -> Any:
        if isinstance(value, str):
            parts = (each["secret"] for pattern in (_ADDRESS, _ASSIGNED) for each in pattern.finditer(value))
            found.extend((value, *parts))
            _note_in_json(value, note)
        return MASK

    with_secrets(command, note)
    return tuple(dict.fromkeys(secret for secret in found if len(secret) >= SHORTEST_ECHO))


def _note_in_json(text: str, note: Hide) -> None:
    """Note the secrets in a text that is JSON (the data of a DataTransfer): a station may repeat one of them alone."""
    if text[:1] in ("{", "["):
        try:
            hide_in(_json.decode(text), note)
        except (msgspec.DecodeError, RecursionError):
            return  # no JSON: the text as a whole is noted already


def mask_in(text: str, secrets: tuple[str, ...]) -> str:
    """The text with each of these secrets masked, also where it is escaped as in JSON."""
    for secret in secrets:
        for form in (secret, dumps(secret)[1:-1], msgspec.json.encode(secret)[1:-1].decode()):
            text = text.replace(form, MASK)
    return text


class CredentialChange(msgspec.Struct, frozen=True, kw_only=True):
    """A command sets another password for the station's connection (A01, and the security extension of 1.6).

    `value` is the member of the command, sealed or not. `hexadecimal`: it is the hexadecimal form of the password's bytes
    (1.6 AuthorizationKey), else its text (2.x). `item`: the name of the setting, as in the items of the outcome.
    """

    value: str
    hexadecimal: bool
    item: str

    def password(self, opened: str) -> bytes | None:
        """The bytes that the station will send as its password, from the opened value; None where it is not hexadecimal."""
        if not self.hexadecimal:
            return opened.encode()
        try:
            return bytes.fromhex(opened)
        except ValueError:
            return None


AUTHORIZATION_KEY = "AuthorizationKey"
BASIC_AUTH_PASSWORD = "SecurityCtrlr.BasicAuthPassword"


def secret_of(command: Command, version: OcppVersion) -> CredentialChange | None:
    """The change of the station's own password in a command, canonical or raw; None where it has none."""
    for name, value in _settings_of(command):
        if version == "1.6" and name.casefold() == AUTHORIZATION_KEY.casefold():
            return CredentialChange(value=value, hexadecimal=True, item=name)
        if version != "1.6" and name.casefold() == BASIC_AUTH_PASSWORD.casefold():
            return CredentialChange(value=value, hexadecimal=False, item=name)
    return None


def _settings_of(command: Command) -> list[tuple[str, str]]:
    """The settings that a command writes, each by its name and its value."""
    if isinstance(command, SetConfiguration):
        return [(_name_of(setting), setting.value) for setting in command.settings]
    if not isinstance(command, RawCall):
        return []
    payload = _json.decode(command.payload)
    if command.action == "ChangeConfiguration":
        return [(str(payload.get("key", "")), str(payload.get("value", "")))]
    if command.action == "SetVariables":
        return [_variable_of(each) for each in payload.get("setVariableData", ())]
    return []


def _name_of(setting: SettingName) -> str:
    if setting.attribute not in ("", "Actual"):
        return ""
    return setting.key or f"{setting.component}.{setting.variable}"


def _variable_of(each: dict[str, Any]) -> tuple[str, str]:
    """One entry of SetVariables: a target or a limit (`attributeType` other than Actual) changes nothing yet."""
    name = f"{each['component']['name']}.{each['variable']['name']}"
    actual = each.get("attributeType", "Actual") == "Actual"
    return (name if actual else ""), str(each.get("attributeValue", ""))
