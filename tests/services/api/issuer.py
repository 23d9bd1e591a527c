"""An OpenID provider in the test's own process: its description, its keys, its tokens."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from services.api.fakes import NOON
from services.api.web.oidc import Provider
from services.runtime.process.outage import Outage

ISSUER = "https://login.example.com/realms/grid"
PROVIDER = Provider(issuer=ISSUER, audience="voltbus-api", client_id="voltbus-console", name_claim="preferred_username")
NOW = int(NOON.timestamp())


class Issuer:
    """Signs with the newest of its keys. `asked`: which addresses were asked for; `away`: it answers nothing."""

    def __init__(self) -> None:
        self.keys: dict[str, ec.EllipticCurvePrivateKey] = {}
        self.asked: list[str] = []
        self.redeemed: list[Mapping[str, str]] = []
        self.id_token = ""
        self.away = False
        self.rotate()

    def rotate(self, *, keep: bool = True) -> None:
        """Sign with a new key; without `keep` those before are void."""
        name = f"key-{len(self.keys) + 1}" if keep else f"{next(reversed(self.keys))}-new"
        self.keys = {**(self.keys if keep else {}), name: ec.generate_private_key(ec.SECP256R1())}

    def token(self, *, key: Any = None, algorithm: str = "ES256", kid: str = "", **claims: Any) -> str:
        """A signed token; a claim that is None is left out."""
        newest = next(reversed(self.keys))
        given = {
            "iss": ISSUER,
            "aud": "voltbus-api",
            "sub": "s-1",
            "preferred_username": "ann",
            "roles": ["viewer"],
            "exp": NOW + 300,
        } | claims
        said = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(said, key or self.keys[newest], algorithm=algorithm, headers={"kid": kid or newest})

    async def get(self, url: str) -> bytes:
        """Its description, or its keys."""
        self.asked.append(urlsplit(url).path)
        if self.away:
            raise Outage("nobody answers")
        if url.endswith("/.well-known/openid-configuration"):
            return msgspec.json.encode(
                {
                    "issuer": ISSUER,
                    "jwks_uri": f"{ISSUER}/keys",
                    "authorization_endpoint": f"{ISSUER}/authorize",
                    "token_endpoint": f"{ISSUER}/token",
                }
            )
        made = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
        keys = [
            {**made.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}
            for name, key in self.keys.items()
        ]
        return msgspec.json.encode({"keys": keys})

    async def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """Give the ID token for a code."""
        self.asked.append(urlsplit(url).path)
        self.redeemed.append(form)
        return msgspec.json.encode({"id_token": self.id_token, "access_token": "x"})


def asked_for(url: str) -> dict[str, str]:
    """The parameters of an authorization request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
