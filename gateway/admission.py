"""Admission: from a handshake to a station's identity and version, or a refusal with its HTTP status. PURE."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Literal
from urllib.parse import unquote_to_bytes

import msgspec

from schemas.base import OcppVersion
from schemas.credentials import verify

SUBPROTOCOLS: Mapping[str, OcppVersion] = {"ocpp2.1": "2.1", "ocpp2.0.1": "2.0.1", "ocpp1.6": "1.6"}
"""The WebSocket subprotocols we speak (registered names: part 4, 3.1.2), and the version of each."""

PATH = "/ocpp/"
MAX_STATION = 48
"""2.x: identifierString[48] of the station's identity; 1.6 says nothing."""
_FORBIDDEN = frozenset("/#?")

StationsUnknown = Literal["accept", "park", "refuse"]
BasicUser = Literal["lenient", "strict"]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployment demands of a handshake."""

    stations_unknown: StationsUnknown
    basic_user: BasicUser


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A handshake. `certificate_names` are the names in a verified client certificate (profile 3): evidence of identity."""

    path: str
    subprotocols: tuple[str, ...] = ()
    authorization: str | None = None
    certificate_names: tuple[str, ...] = ()


class Known(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What reference data says of a station. Empty `password_hash`: no credential is asked for."""

    password_hash: str = ""


class Admitted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Let it in, speaking this."""

    station: str
    subprotocol: str
    version: OcppVersion


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Answer with this HTTP status and sentence. `challenge`: say that Basic authentication is wanted."""

    status: int
    sentence: str
    challenge: bool = False


class Verified:
    """Passwords that were right before, so that a storm of reconnects stays cheap: keyed digests, never the passwords."""

    def __init__(self, *, key: bytes, limit: int) -> None:
        self._key = key
        self._limit = limit
        self._digests: dict[str, bytes] = {}

    def matches(self, station: str, password: str, password_hash: str) -> bool:
        """Whether this is the password of the hash; a wrong one is derived anew each time, a right one once."""
        # The hash is part of what is digested: a new password of the station makes the old digest worthless.
        said = "\x1f".join((station, password_hash, password)).encode()
        digest = hashlib.blake2b(said, key=self._key, digest_size=16).digest()
        known = self._digests.get(station)
        if known is not None and hmac.compare_digest(known, digest):
            return True
        if not verify(password, password_hash):
            return False
        if len(self._digests) >= self._limit:
            del self._digests[next(iter(self._digests))]
        self._digests[station] = digest
        return True


def station_of(path: str) -> str | Refused:
    """The station a path names, percent-decoded; a query is ignored."""
    bare = path.partition("?")[0].partition("#")[0]
    if not bare.startswith(PATH):
        return Refused(status=404, sentence="Stations connect to /ocpp/{station}; there is nothing here.")
    try:
        station = unquote_to_bytes(bare[len(PATH) :]).decode()
    except UnicodeDecodeError:
        return Refused(status=404, sentence="The station id in the path is not UTF-8.")
    if not 1 <= len(station) <= MAX_STATION:
        return Refused(status=404, sentence=f"A station id has 1 to {MAX_STATION} characters.")
    if not station.isprintable() or _FORBIDDEN & set(station):
        return Refused(status=404, sentence="A station id has printable characters, without '/', '#' and '?'.")
    return station


def admit(request: Request, policy: Policy, known: Known | None, verified: Verified) -> Admitted | Refused:
    """Whether the station of this handshake may come in. `known` is what reference data says of `station_of(path)`."""
    station = station_of(request.path)
    if isinstance(station, Refused):
        return station
    if known is None and policy.stations_unknown == "refuse":
        # OCPP-J 1.6, 3.1.1 and 2.x part 4, 3.1.1: an identity that is not known gets 404.
        return Refused(status=404, sentence="This station is not known here.")
    if known is not None and known.password_hash and not _authentic(request, policy, station, known, verified):
        return Refused(status=401, sentence="The user name or password is wrong or missing.", challenge=True)
    for name in request.subprotocols:
        if name in SUBPROTOCOLS:  # the station's order of preference: part 4, 3.1.2
            return Admitted(station=station, subprotocol=name, version=SUBPROTOCOLS[name])
    return Refused(
        status=400, sentence=f"Offer a WebSocket subprotocol that is spoken here: {', '.join(SUBPROTOCOLS)}."
    )


def _authentic(request: Request, policy: Policy, station: str, known: Known, verified: Verified) -> bool:
    credentials = basic_credentials(request.authorization)
    if credentials is None:
        return False
    user, password = credentials
    # A00.FR.204: the user name is the station's identity. Not all stations obey, and the password is checked against the
    # station of the path either way, so that another user name opens nothing.
    if policy.basic_user == "strict" and user != station:
        return False
    return verified.matches(station, password, known.password_hash)


def basic_credentials(authorization: str | None) -> tuple[str, str] | None:
    """User name and password of a Basic authorization header (RFC 7617); None where there is none to read."""
    scheme, _, encoded = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None
