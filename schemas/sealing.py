"""Sealing: encrypts secrets in commands between the API and the gateway. PURE.

AES-SIV (RFC 5297) and not AES-GCM: it needs no random nonce, so the same command sealed twice is the same record and a repeat is
recognised; all it reveals is that two secrets are equal.
"""

import base64
import binascii
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.commands import Command
from schemas.secrets import SEALED, hide_in, with_secrets

KEY_BYTES = 64

KEY_FILE = (
    "File with the key that seals passwords in commands, the same for the API, the gateways and the services: 64 random bytes in"
    " base64 (`openssl rand -base64 64`). Empty: commands with a password in them are refused."
)
"""The description of the setting `secrets_key_file`."""

KEY = "The same key itself, where it is in no file; give it as the variable, for flags can be read by others."
"""The description of the setting `secrets_key`."""

_CONTEXT = [b"voltbus command secret"]


class Unopenable(Exception):
    """A sealed secret cannot be opened: it was sealed with another key, or the process has no key. The message says what to do."""


class BadKey(Exception):
    """A text is not a valid key; the message says what is needed."""


class Seal:
    """Seals and opens with one key; made without a key, it seals nothing and opens nothing."""

    def __init__(self, key: bytes | None) -> None:
        self._cipher = AESSIV(key) if key else None

    @property
    def has_key(self) -> bool:
        """Whether it can seal and open."""
        return self._cipher is not None

    def seal(self, value: Any) -> str:
        """A JSON value as text that only a holder of the key can open. Raises Unopenable without a key."""
        sealed = self._with_key().encrypt(msgspec.json.encode(value), _CONTEXT)
        return SEALED + base64.urlsafe_b64encode(sealed).decode()

    def open(self, value: Any) -> Any:
        """Open a sealed value; any other value is returned unchanged. Raises Unopenable."""
        if not isinstance(value, str) or not value.startswith(SEALED):
            return value
        try:
            sealed = base64.urlsafe_b64decode(value.removeprefix(SEALED))
            return msgspec.json.decode(self._with_key().decrypt(sealed, _CONTEXT))
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Unopenable(
                "the secret was sealed with another key: give the API and the gateways one secrets key"
            ) from error

    def _with_key(self) -> AESSIV:
        if self._cipher is None:
            raise Unopenable("this process has no key for secrets: set secrets_key_file")
        return self._cipher


NO_KEY = Seal(None)
"""The seal of a process without a key."""


def key_of(text: str) -> bytes:
    """Parse the text of a key file: 64 bytes in base64. Raises BadKey."""
    try:
        key = base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise BadKey(
            f"a secrets key is {KEY_BYTES} random bytes in base64: make one with `openssl rand -base64 64`"
        ) from error
    if len(key) != KEY_BYTES:
        raise BadKey(f"a secrets key is {KEY_BYTES} random bytes in base64, not {len(key)}: `openssl rand -base64 64`")
    return key


def seal_command(command: Command, seal: Seal) -> Command:
    """The command with every secret in it sealed. Raises Unopenable where it has one and there is no key."""
    return with_secrets(command, lambda value, _: seal.seal(value))


def seal_text(text: str, seal: Seal) -> str:
    """The text, sealed as a whole if it contains a password, for example in an address. Raises Unopenable without a key."""
    travelling: str = hide_in(text, lambda value, _: seal.seal(value))
    return travelling


def open_command(command: Command, seal: Seal) -> Command:
    """The command with every sealed secret opened. Raises Unopenable."""
    return with_secrets(command, lambda value, _: seal.open(value))
