"""PKCS #11 token: signs by a key that never leaves it, through its vendor's module (OASIS PKCS #11 2.40 and 3.0)."""

import contextlib
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding

from schemas.settings import BadSetting
from services.authorities.builtin import Held, certificates_in
from services.authorities.config import Pkcs11
from services.authorities.elsewhere import text_of
from services.authorities.profiles import hash_for, padding_for
from services.authorities.tokenkeys import HASHES, EcTokenKey, RsaTokenKey, TokenAway, Way, token_key

EXTRA = "the kind `pkcs11` needs the extra of that name, which is not installed: `uv sync --extra pkcs11`, or install python-pkcs11"


def hardware_key(name: str, config: Pkcs11, folder: Path) -> Held:
    """The key of an authority in its token, tried once, and what ends the session. Raises BadSetting where it cannot be used."""
    own: x509.Certificate = certificates_in(folder / config.certificate)[0]
    token = Token(name, config, folder)
    key = token_key(own.public_key(), token.sign)
    if key is None:
        raise BadSetting(f"authority {name}: the key of {config.certificate} is neither RSA nor of an elliptic curve")
    try:
        _tried(key)
    except TokenAway as why:
        token.close()
        raise BadSetting(f"authority {name}: {why}") from why
    return key, token.close


def _tried(key: RsaTokenKey | EcTokenKey) -> None:
    """Sign in each way that certificates, lists and OCSP answers are signed. Raises TokenAway."""
    if isinstance(key, EcTokenKey):
        key.sign(b"tried", ec.ECDSA(hash_for(key)))
    else:
        key.sign(b"tried", padding_for(key), hash_for(key))
        key.sign(b"tried", padding.PKCS1v15(), hash_for(key))  # OCSP answers, which every program can read


class Token:
    """A session with a token, opened again when it broke. Raises BadSetting for a module that cannot be loaded."""

    def __init__(self, name: str, config: Pkcs11, folder: Path) -> None:
        try:
            import pkcs11
        except ImportError as error:
            raise BadSetting(f"authority {name}: {EXTRA}") from error
        self._pkcs11: Any = pkcs11
        self._config = config
        self._pin = text_of(folder / config.pin_file)
        self._session: Any = None
        self._key: Any = None
        self._locked = ""
        if not config.key_label and not config.key_id:
            raise BadSetting(f"authority {name}: say which key of the token it is, by key_label, key_id or both")
        try:
            self._key_id = bytes.fromhex(config.key_id)
            self._module: Any = pkcs11.lib(config.module)
        except ValueError as error:
            raise BadSetting(f"authority {name}: key_id is hexadecimal: {config.key_id!r} is not") from error
        except (pkcs11.PKCS11Error, OSError) as error:
            raise BadSetting(
                f"authority {name}: the module {config.module} cannot be loaded: {_said(error)}"
            ) from error

    def sign(self, data: bytes, way: Way) -> bytes:
        """The raw signature of data. A session that broke is opened again, once. Raises TokenAway."""
        for again in (True, False):
            try:
                return self._signed(data, way)
            except self._pkcs11.PKCS11Error as error:
                self.close()
                if isinstance(error, self._pkcs11.PinIncorrect | self._pkcs11.PinLocked):
                    self._locked = f"The token {self._config.token} does not take the PIN, which is not tried again."
                    raise TokenAway(self._locked) from error
                if not again:
                    raise TokenAway(f"The token {self._config.token} does not sign: {_said(error)}.") from error
        raise AssertionError("the last try returns or raises")

    def _signed(self, data: bytes, way: Way) -> bytes:
        if self._locked:
            raise TokenAway(self._locked)
        if self._key is None:
            self._open()
        mechanism, param = self._mechanism(way)
        signature: bytes = self._key.sign(data, mechanism=mechanism, mechanism_param=param)
        return signature

    def _open(self) -> None:
        p = self._pkcs11
        token = self._module.get_token(token_label=self._config.token)
        try:
            self._session = token.open(user_pin=self._pin)
        except (
            p.UserAlreadyLoggedIn
        ):  # another authority of this process has: a login is of the process (PKCS #11, 5.6)
            self._session = token.open()
        wanted = {"label": self._config.key_label or None, "id": self._key_id or None}
        self._key = self._session.get_key(object_class=p.ObjectClass.PRIVATE_KEY, **wanted)

    def _mechanism(self, way: Way) -> tuple[Any, Any]:
        mechanisms = self._pkcs11.Mechanism
        name = way.hash.upper()
        match way.scheme:
            case "ecdsa":
                return mechanisms.ECDSA, None
            case "pss":
                param = (mechanisms[name], self._pkcs11.MGF[name], HASHES[way.hash])
                return mechanisms[f"{name}_RSA_PKCS_PSS"], param
            case "pkcs1":
                return mechanisms[f"{name}_RSA_PKCS"], None

    def close(self) -> None:
        """Close the session; the next signature opens another."""
        session, self._session, self._key = self._session, None, None
        if session is not None:
            with contextlib.suppress(self._pkcs11.PKCS11Error):  # it broke already
                session.close()


def _said(error: Exception) -> str:
    """What a module said: PKCS #11 has no texts, so that the kind of the error is all there may be."""
    return f"{type(error).__name__}{f' ({error})' if str(error) else ''}"
