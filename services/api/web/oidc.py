"""OIDC: tokens of an OpenID provider, checked against its keys, and what their claims make of their owner."""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import urlencode

import jwt
import msgspec

from schemas.operators import Scope
from services.api.web.policy import Principal, permissions_of
from services.api.web.principals import Records, role_of
from services.api.web.problems import Problem
from services.runtime.process.outage import Outage

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""No algorithm with a shared secret, and not `none`."""

KEYS_KEPT_S = 3_600.0
ASKED_EVERY_S = 10.0
"""A key that is not known is looked for so often at most: whoever sends odd tokens does not make us ask for each."""

LEEWAY_S = 30
LONGEST_TOKEN = 16_384


class Web(Protocol):
    """The way to the provider."""

    async def get(self, url: str) -> bytes:
        """The body of an answer 200. Raises Outage."""

    async def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """Send a form; the body of an answer 200. Raises Outage."""


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """The provider and what is expected of its tokens; `issuer` empty: there is none. Claims are named by their path, as `realm.roles`."""

    issuer: str = ""
    audience: str = ""
    client_id: str = ""
    name_claim: str = "sub"
    roles_claim: str = "roles"
    tenants_claim: str = ""
    sites_claim: str = ""


class Claimed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token says of its owner. `scope`: empty members limit nothing."""

    name: str
    roles: tuple[str, ...] = ()
    scope: Scope = Scope()
    until: int = 0


class Refused(Exception):
    """The token is not one that is taken here; the message says why."""


class Tokens:
    """Checks tokens of the provider, with its keys, which are asked for when one is not known, and again after a while."""

    def __init__(self, provider: Provider, web: Web, *, clock: Callable[[], datetime]) -> None:
        self._provider = provider
        self._web = web
        self._clock = clock
        self._document: dict[str, Any] = {}
        self._keys: dict[str, jwt.PyJWK] = {}
        self._asked_at = float("-inf")
        self._asking = asyncio.Lock()

    @property
    def there(self) -> bool:
        """Whether there is a provider."""
        return bool(self._provider.issuer)

    @property
    def signs_in(self) -> bool:
        """Whether people sign in to the console by it."""
        return self.there and bool(self._provider.client_id)

    async def owner(self, token: str) -> Claimed:
        """Whose an access token is. Raises Refused, Outage."""
        if not self._provider.audience:
            raise Refused("access tokens of the provider are not taken here: oidc_audience is not set")
        return self._claimed(await self.claims(token, audience=self._provider.audience))

    async def signed_in(self, token: str, *, nonce: str) -> Claimed:
        """Whose the ID token of a sign-in is. Raises Refused, Outage."""
        claims = await self.claims(token, audience=self._provider.client_id)
        if claims.get("nonce") != nonce:
            raise Refused("the token is of another sign-in")
        return self._claimed(claims)

    async def claims(self, token: str, *, audience: str) -> dict[str, Any]:
        """What a token says. Raises Refused, Outage."""
        if len(token) > LONGEST_TOKEN:
            raise Refused("the token is too long")
        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(str(header.get("kid", "")))
            if header.get("alg") not in ALGORITHMS:
                raise Refused("the token is signed by an algorithm that is not taken")
            found: dict[str, Any] = jwt.decode(
                token,
                key=key,
                algorithms=list(ALGORITHMS),
                audience=audience,
                issuer=self._provider.issuer,
                options={
                    "require": ["exp", "iss", "aud", "sub"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Refused(f"the token is not taken: {error}") from error
        self._require_time(found)
        return found

    async def authorization_url(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where a person is sent to sign in: authorization code flow with PKCE (RFC 7636, S256). Raises Outage."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": redirect,
            "scope": "openid profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        document = await self._discovered()
        return f"{document['authorization_endpoint']}?{urlencode(asked)}"

    async def redeemed(self, code: str, *, redirect: str, verifier: str) -> str:
        """The ID token for the code that a person came back with. Raises Refused, Outage."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect,
            "client_id": self._provider.client_id,
            "code_verifier": verifier,
        }
        document = await self._discovered()
        answer = _json(await self._web.post(document["token_endpoint"], form))
        if not isinstance(answer.get("id_token"), str):
            raise Refused("the provider gave no ID token")
        return str(answer["id_token"])

    async def _key(self, kid: str) -> jwt.PyJWK:
        now = self._clock().timestamp()
        if (kid not in self._keys and now - self._asked_at >= ASKED_EVERY_S) or now - self._asked_at >= KEYS_KEPT_S:
            async with self._asking:
                if self._asked_at < now:
                    await self._renew(kid, now)
        if kid not in self._keys:
            raise Refused("the token is signed with a key that the provider does not have")
        return self._keys[kid]

    async def _renew(self, kid: str, now: float) -> None:
        """Ask for the keys; while the provider is away, those that are known do. Raises Outage where there is no such key."""
        try:
            await self._ask(now)
        except Outage:
            if kid not in self._keys:
                raise

    async def _ask(self, now: float) -> None:
        self._asked_at = now
        document = await self._discovered()
        keys = _json(await self._web.get(document["jwks_uri"])).get("keys", [])
        self._keys = {str(key.get("kid", "")): jwt.PyJWK(key) for key in keys if key.get("use", "sig") == "sig"}

    async def _discovered(self) -> dict[str, Any]:
        """The provider's own description (OpenID Connect Discovery 1.0). Raises Outage."""
        if not self._document:
            url = self._provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
            document = _json(await self._web.get(url))
            if document.get("issuer") != self._provider.issuer:
                raise Outage(f"{url} describes the issuer {document.get('issuer')!r}: set oidc_issuer to that")
            self._document = document
        return self._document

    def _require_time(self, claims: Mapping[str, Any]) -> None:
        now = self._clock().timestamp()
        if not isinstance(claims["exp"], int | float) or now >= claims["exp"] + LEEWAY_S:
            raise Refused("the token has expired")
        if isinstance(claims.get("nbf"), int | float) and now < claims["nbf"] - LEEWAY_S:
            raise Refused("the token is not valid yet")

    def _claimed(self, claims: Mapping[str, Any]) -> Claimed:
        provider = self._provider
        name = _at(claims, provider.name_claim)
        if not isinstance(name, str) or not name:
            raise Refused(f"the token has no claim {provider.name_claim}")
        return Claimed(
            name=name[:100],
            roles=_words(_at(claims, provider.roles_claim)),
            scope=Scope(
                tenants=self._limits(claims, provider.tenants_claim), sites=self._limits(claims, provider.sites_claim)
            ),
            until=int(claims["exp"]),
        )

    @staticmethod
    def _limits(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
        """What a claim limits its owner to; none where no claim is meant to. Raises Refused where it is meant to and says nothing."""
        if not claim:
            return ()
        found = _words(_at(claims, claim))
        if not found:
            raise Refused(f"the token has no claim {claim}")
        return found


def principal_of(records: Records, claimed: Claimed) -> Principal:
    """Who the owner of a token is here, by the roles of this system that the token names."""
    known = {name: role for name in claimed.roles if (role := role_of(records, name)) is not None}
    return Principal(
        name=f"oidc:{claimed.name}",
        kind="token",
        roles=tuple(known),
        permissions=permissions_of(known, known),
        scope=claimed.scope,
    )


def refused(error: Refused) -> Problem:
    """The answer to who sends such a token."""
    challenge = {"WWW-Authenticate": 'Bearer realm="voltbus", error="invalid_token"'}
    return Problem(HTTPStatus.UNAUTHORIZED, f"{str(error)[:300]}.", headers=challenge)


def is_token(offered: str) -> bool:
    """Whether a bearer's key looks like a signed token: three parts with dots between."""
    return offered.count(".") == 2 and offered.startswith("ey")


def _at(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _words(found: Any) -> tuple[str, ...]:
    if isinstance(found, str):
        return tuple(found.split())
    return tuple(word for word in found if isinstance(word, str)) if isinstance(found, list) else ()


def _json(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Outage(f"the OpenID provider does not answer as one: {error}") from error
