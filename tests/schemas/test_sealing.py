"""Secrets are sealed with a key, and opened only with the same one."""

import base64

import msgspec
import pytest

from schemas.commands import RawCall
from schemas.sealing import NO_KEY, BadKey, Seal, Unopenable, key_of, open_command, seal_command, seal_text
from schemas.secrets import SEALED

SEAL = Seal(bytes(range(64)))
LOGIN = RawCall(
    action="ChangeConfiguration", payload=msgspec.Raw(b'{"key":"AuthorizationKey","value":"a-long-secret-of-16"}')
)


def test_a_sealed_command_hides_its_secret_and_opens_to_itself() -> None:
    sealed = seal_command(LOGIN, SEAL)

    assert b"a-long-secret" not in bytes(sealed.payload)
    assert bytes(open_command(sealed, SEAL).payload) == bytes(LOGIN.payload)


def test_the_same_command_sealed_twice_is_the_same() -> None:
    one, other = (msgspec.json.encode(seal_command(LOGIN, SEAL)) for _ in range(2))

    assert one == other


def test_another_key_or_none_opens_nothing() -> None:
    sealed = seal_command(LOGIN, SEAL)

    for other in (Seal(bytes(64)), NO_KEY):
        with pytest.raises(Unopenable):
            open_command(sealed, other)
    with pytest.raises(Unopenable):
        seal_command(LOGIN, NO_KEY)


def test_an_address_with_a_password_is_sealed_as_a_whole_and_others_are_left_alone() -> None:
    assert seal_text("ftp://me:secret@host/file", SEAL).startswith(SEALED)
    assert seal_text("https://host/file", SEAL) == "https://host/file"


@pytest.mark.parametrize("text", ["", "no base64!", base64.b64encode(bytes(32)).decode()])
def test_a_key_is_64_bytes_in_base64(text: str) -> None:
    assert key_of(base64.b64encode(bytes(64)).decode()) == bytes(64)
    with pytest.raises(BadKey):
        key_of(text)
