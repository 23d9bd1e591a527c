"""ACME client: signed requests to one server for one account: directory, nonces, the account (RFC 8555, 6 and 7.1 to 7.3).

Requests are signed, and bound to an external account, by certbot's libraries `acme` and `josepy`. Their own client is not used: it blocks,
and neither the length of its answers nor its time as a whole has a bound.
"""

from collections import deque
from http import HTTPStatus
from pathlib import Path
from typing import Any

from acme import jws, messages
from cryptography.hazmat.primitives.asymmetric import ec
from josepy.b64 import b64decode
from josepy.errors import DeserializationError
from josepy.interfaces import JSONDeSerializable
from josepy.json_util import decode_b64jose
from josepy.jwa import ES256, ES384, ES512, RS256, JWASignature
from josepy.jwk import JWK, JWKEC, JWKRSA

from schemas.settings import BadSetting
from services.authorities.acmemessages import Directory, failure, problem_in, read
from services.authorities.builtin import load_key
from services.authorities.config import Acme
from services.authorities.elsewhere import Answer, Elsewhere, text_of, tls_to
from services.authorities.port import Refused, Unreachable

NONCES = 8
NONCE_TRIES = 3
RETRY_S = 2.0
LEAST_HMAC_BYTES = 16
ALGORITHMS = {256: ES256, 384: ES384, 521: ES512}
AGENT = {"User-Agent": "voltbus"}
SIGNED = {"Content-Type": "application/jose+json"}


class AcmeClient:
    """One account at one server. Raises BadSetting for files that cannot be used."""

    def __init__(self, name: str, config: Acme, folder: Path) -> None:
        self._config = config
        self._key, self._algorithm = _account_key(name, config, folder)
        self._hmac_key = _hmac_key(name, config, folder)
        self._server = Elsewhere(tls_to(name, folder / config.trust), timeout_s=config.timeout_s)
        self._directory: Directory | None = None
        self._account = ""
        self._nonces: deque[bytes] = deque(maxlen=NONCES)

    async def directory(self, *, anew: bool = False) -> Directory:
        """The server's directory. Raises Refused, Unreachable."""
        if self._directory is None or anew:
            answer = await self._send("GET", self._config.url)
            self._directory = read(_good(answer).body, Directory, "directory")
        return self._directory

    async def account(self) -> str:
        """The URL of our account, which is made where there is none (7.3). Raises Refused, Unreachable."""
        if self._account:
            return self._account
        directory = await self.directory()
        if directory.meta.terms_of_service and not self._config.terms_agreed:
            raise Refused(
                f"Read the terms of service of the certificate authority ({directory.meta.terms_of_service}), and set terms_agreed."
            )
        answer = await self._post(directory.new_account, self._registration(directory), kid=None)
        self._account = _location(answer)
        return self._account

    async def ask(self, url: str, what: JSONDeSerializable | None = None) -> Answer:
        """The answer to a request of the account; without `what`, of a POST-as-GET (6.3). Raises Refused, Unreachable."""
        return await self._post(url, what, kid=await self.account())

    async def ask_new(self, url: str, what: JSONDeSerializable) -> tuple[str, Answer]:
        """Where what was asked for is, and the answer. Raises Refused, Unreachable."""
        answer = await self.ask(url, what)
        return _location(answer), answer

    async def close(self) -> None:
        """Close every connection."""
        await self._server.close()

    def _registration(self, directory: Directory) -> messages.NewRegistration:
        members: dict[str, Any] = {}
        if self._config.contact:
            members["contact"] = self._config.contact
        if self._config.terms_agreed:
            members["terms_of_service_agreed"] = True
        if self._config.eab_kid:
            members["external_account_binding"] = messages.ExternalAccountBinding.from_data(
                self._key.public_key(),
                self._config.eab_kid,
                self._hmac_key,
                messages.Directory({"newAccount": directory.new_account}),
            )
        return messages.NewRegistration(**members)

    async def _post(self, url: str, what: JSONDeSerializable | None, *, kid: str | None) -> Answer:
        payload = what.json_dumps().encode() if what is not None else b""
        for left in reversed(range(NONCE_TRIES)):
            nonce = await self._nonce()
            signed = jws.JWS.sign(payload, self._key, self._algorithm, nonce, url=url, kid=kid)
            answer = await self._send("POST", url, signed.json_dumps().encode())
            problem = problem_in(answer.body) if answer.status >= HTTPStatus.BAD_REQUEST else None
            if problem is None:
                return _good(answer)
            if problem.code == "badNonce" and left:
                continue
            if problem.code == "accountDoesNotExist":
                self._account = ""
            raise failure(problem, wait_s=answer.wait_s(RETRY_S))
        raise AssertionError("the last try returns or raises")

    async def _nonce(self) -> bytes:
        if not self._nonces:
            _good(await self._send("HEAD", (await self.directory()).new_nonce))
        if not self._nonces:
            raise Refused("The certificate authority answered without a nonce (Replay-Nonce).")
        return self._nonces.pop()

    async def _send(self, method: str, url: str, body: bytes = b"") -> Answer:
        if not url.startswith("https://"):
            raise Refused(f"The certificate authority named an address that is not https: {url[:80]!r}.")
        answer = await self._server.ask(method, url, (AGENT | (SIGNED if body else {})).items(), body)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            self._nonces.clear()  # what a server that was started anew refuses one by one
        if nonce := answer.headers.get("replay-nonce"):
            try:
                self._nonces.append(decode_b64jose(nonce))
            except DeserializationError as error:
                raise Refused("The certificate authority answered a nonce that is not base64url.") from error
        return answer


def _good(answer: Answer) -> Answer:
    """An answer that is a success. Raises Refused, Unreachable."""
    if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT):
        return answer
    said = f"The certificate authority answered {answer.shown}."
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(said, wait_s=answer.wait_s(RETRY_S))
    raise Refused(said)


def _location(answer: Answer) -> str:
    if not (url := answer.headers.get("location", "")):
        raise Refused("The certificate authority answered without saying where what it made is (Location).")
    return url


def _account_key(name: str, config: Acme, folder: Path) -> tuple[JWK, JWASignature]:
    password = folder / config.account_key_password_file if config.account_key_password_file else None
    key = load_key(folder / config.account_key, password)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return JWKRSA(key=key), RS256
    algorithm = ALGORITHMS.get(key.curve.key_size)
    if algorithm is None or not key.curve.name.startswith("secp"):
        raise BadSetting(f"authority {name}: the account key {config.account_key} is on {key.curve.name}: use P-256")
    return JWKEC(key=key), algorithm


def _hmac_key(name: str, config: Acme, folder: Path) -> str:
    if bool(config.eab_kid) != bool(config.eab_hmac_key_file):
        raise BadSetting(f"authority {name}: eab_kid and eab_hmac_key_file are given together, or neither")
    if not config.eab_kid:
        return ""
    text = text_of(folder / config.eab_hmac_key_file)
    try:
        long_enough = len(b64decode(text)) >= LEAST_HMAC_BYTES
    except (ValueError, TypeError):
        long_enough = False
    if not long_enough:
        raise BadSetting(
            f"authority {name}: {config.eab_hmac_key_file} is no key in base64url of {LEAST_HMAC_BYTES} bytes or more"
        )
    return text
