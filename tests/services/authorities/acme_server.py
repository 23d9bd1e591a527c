"""An ACME server over TLS for tests (RFC 8555), by its own code; signatures are checked by josepy. It says whatever a test wants."""

import base64
import json
import secrets
from typing import Any

from acme import jws
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from josepy.b64 import b64decode
from josepy.jwa import HS256
from josepy.jwk import JWK, JWKOct

from tests.services.authorities.est_server import EstServer, signed

ERROR = "urn:ietf:params:acme:error:"
Said = tuple[int, dict[str, str], bytes]


class AcmeServer(EstServer):
    """Orders are as `states` say: one for the order when it is made, one for each later look at it; the last one stays.

    `problems`: by the path of the URL, what is answered for it the next times (code, status, headers).
    """

    def __init__(self) -> None:
        super().__init__()
        self.states = ["ready", "valid"]
        self.authorized = "valid"
        self.problems: dict[str, list[tuple[str, int, dict[str, str]]]] = {}
        self.headers: dict[str, str] = {}
        self.terms = ""
        self.bound: dict[str, bytes] | None = None
        self.accounts: dict[str, JWK] = {}
        self.payloads: list[tuple[str, Any]] = []
        self.certificate: x509.Certificate | None = None
        self.directory: dict[str, Any] = {}
        self._nonces: set[str] = set()
        self._state = ""

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, without nonces and the directory."""
        return [path for path, _ in self.payloads]

    def answer(self, line: str, body: bytes) -> Said:
        method, path, *_ = line.split(" ")
        fresh = {"Replay-Nonce": base64.urlsafe_b64encode(secrets.token_bytes(9)).decode().rstrip("=")}
        self._nonces.add(fresh["Replay-Nonce"])
        if method == "GET":
            names = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order"}
            meta = {"meta": {"termsOfService": self.terms}} if self.terms else {}
            found = {each: f"{self.url}/{where}" for each, where in names.items()} | meta | self.directory
            return 200, {"Content-Type": "application/json"}, json.dumps(found).encode()
        if method == "HEAD":
            return 200, fresh, b""
        status, headers, payload = self._posted(path, body)
        return status, fresh | self.headers | headers, payload

    def _posted(self, path: str, body: bytes) -> Said:
        signature = jws.JWS.from_json(json.loads(body))
        header = signature.signature.combined
        assert header.url == f"{self.url}{path}"
        if self.problems.get(path):
            code, status, headers = self.problems[path].pop(0)
            return self._problem(code, status) if not headers else (status, headers, self._problem(code, status)[2])
        nonce = base64.urlsafe_b64encode(header.nonce).decode().rstrip("=")
        if nonce not in self._nonces:
            return self._problem("badNonce", 400)
        self._nonces.remove(nonce)
        if path == "/account":
            return self._account(header.jwk, json.loads(signature.payload))
        assert header.jwk is None
        if header.kid not in self.accounts:
            return self._problem("accountDoesNotExist", 400)
        assert signature.verify(self.accounts[header.kid]), "a request is not signed by the key of its account"
        payload = json.loads(signature.payload) if signature.payload else None
        self.payloads.append((path, payload))
        return self._of_account(path, payload)

    def _account(self, key: JWK, payload: Any) -> Said:
        url = next((url for url, known in self.accounts.items() if known == key), "")
        if url:
            return 200, {"Location": url}, b"{}"
        if self.bound is not None and (problem := self._binding(key, payload)):
            return self._problem(problem, 401)
        url = f"{self.url}/accounts/{len(self.payloads)}"
        self.accounts[url] = key
        self.payloads.append(("/account", payload))
        return 201, {"Location": url}, b'{"status": "valid"}'

    def _binding(self, key: JWK, payload: Any) -> str:
        """RFC 8555, 7.3.4."""
        if (given := payload.get("externalAccountBinding")) is None:
            return "externalAccountRequired"
        binding = jws.JWS.from_json(given)
        header = binding.signature.combined
        assert self.bound is not None
        secret = self.bound.get(header.kid)
        same = JWK.from_json(json.loads(binding.payload)) == key and header.url == f"{self.url}/account"
        if secret is None or not same or header.alg != HS256 or not binding.verify(JWKOct(key=secret)):
            return "unauthorized"
        return ""

    def _of_account(self, path: str, payload: Any) -> Said:
        if path == "/order":
            self._next()
            return 201, {"Location": f"{self.url}/orders/1"}, self._order()
        if path == "/orders/1":
            self._next()
            return 200, {}, self._order()
        if path == "/orders/1/finalize":
            request = x509.load_der_x509_csr(b64decode(payload["csr"]))
            if self.certificate is None:
                (name,) = request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
                self.certificate = signed(
                    str(name.value), request.public_key(), "Issuing", self.issuing_key, ca=False, number=77
                )
            self._next()
            return 200, {}, self._order()
        if path == "/authorizations/1":
            challenges = [{"type": "http-01", "url": "x", "token": "t"}, {"type": "dns-01", "url": "y", "token": "t"}]
            identifier = {"type": "dns", "value": "CS001"}
            found = {"status": self.authorized, "identifier": identifier, "challenges": challenges}
            return 200, {}, json.dumps(found).encode()
        assert path == "/certificates/1"
        assert self.certificate is not None
        chain = self.certificate.public_bytes(Encoding.PEM) + self.issuing.public_bytes(Encoding.PEM)
        return 200, {"Content-Type": "application/pem-certificate-chain"}, chain

    def _next(self) -> None:
        self._state = self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def _order(self) -> bytes:
        found: dict[str, Any] = {
            "status": self._state,
            "authorizations": [f"{self.url}/authorizations/1"],
            "finalize": f"{self.url}/orders/1/finalize",
        }
        if self._state == "valid":
            found["certificate"] = f"{self.url}/certificates/1"
        if self._state == "invalid":
            found["error"] = {"type": f"{ERROR}badCSR", "detail": "no such key"}
        return json.dumps(found).encode()

    @staticmethod
    def _problem(code: str, status: int) -> Said:
        body = json.dumps({"type": f"{ERROR}{code}", "detail": f"because of {code}"}).encode()
        return status, {"Content-Type": "application/problem+json"}, body
