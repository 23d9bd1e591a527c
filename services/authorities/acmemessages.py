"""ACME messages: what a server answers (RFC 8555, 7.1 and 6.7), and what a problem means for an order. PURE."""

from typing import Any, TypeVar

import msgspec

from services.authorities.port import Refused, Unreachable

ERRORS = "urn:ietf:params:acme:error:"
PASSING = frozenset({"badNonce", "rateLimited", "serverInternal", "orderNotReady", "accountDoesNotExist"})
"""Problems that pass: by another nonce, by time, or by the account that is made anew."""

HINTS = {
    "externalAccountRequired": "It wants an external account binding: set eab_kid and eab_hmac_key_file, as its operator gave them.",
    "userActionRequired": "Read its terms of service, and set terms_agreed.",
    "unsupportedIdentifier": "It knows no such identifiers: set identifier to a kind that it has.",
    "rejectedIdentifier": "Its policy has to allow the ids of stations as identifiers for this account.",
    "unauthorized": "Its policy has to allow this account the ids of stations.",
}
TOLD = 300


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """The name that a certificate is for."""

    type: str
    value: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a server does not do what it was asked (RFC 7807)."""

    type: str = "about:blank"
    detail: str | None = None
    subproblems: tuple["Problem", ...] | None = None

    @property
    def code(self) -> str:
        """The code of ACME (6.7), or the whole type."""
        return self.type.removeprefix(ERRORS)

    @property
    def text(self) -> str:
        """Code, detail and what the operator can do."""
        said = [f"{self.code}: {self.detail}" if self.detail else self.code]
        said += [each.detail for each in self.subproblems or () if each.detail]
        return f"{'; '.join(said)[:TOLD].rstrip('.')}. {HINTS.get(self.code, '')}".rstrip()


class Meta(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a server wants of accounts: that they agree to its terms of service."""

    terms_of_service: str | None = None


class Directory(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Where a server is asked what (7.1.1)."""

    new_nonce: str
    new_account: str
    new_order: str
    meta: Meta = Meta()


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order (7.1.3)."""

    status: str
    finalize: str
    authorizations: tuple[str, ...] | None = None
    certificate: str | None = None
    error: Problem | None = None


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """One way to prove that a name is ours; only its kind is of use here."""

    type: str
    error: Problem | None = None


class Authorization(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the account may have certificates for a name (7.1.4)."""

    status: str
    identifier: Identifier
    challenges: tuple[Challenge, ...] | None = None


Read = TypeVar("Read")


def read(body: bytes, kind: type[Read], what: str) -> Read:
    """What a server answered. Raises Refused where it is something else."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(f"The certificate authority answered what is no {what} of ACME: {error}.") from error


def problem_in(body: bytes) -> Problem | None:
    """The problem that an answer tells, if it tells one."""
    try:
        found: Any = msgspec.json.decode(body, type=Problem)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.type.startswith(ERRORS) else None


def failure(problem: Problem, *, wait_s: float) -> Exception:
    """What a problem means for the order: Unreachable where it passes, else Refused."""
    said = f"The certificate authority answered {problem.text}"
    return Unreachable(said, wait_s=wait_s) if problem.code in PASSING else Refused(said)


def unproven(authorization: Authorization) -> str:
    """Why an authorization is in the way of an order; empty where it is not (7.1.6)."""
    name, status = authorization.identifier.value, authorization.status
    if status == "valid":
        return ""
    if status == "pending":
        ways = ", ".join(each.type for each in authorization.challenges or ()) or "a proof"
        return (
            f"The certificate authority wants {ways} for {name!r}, which nobody can give for the name of a station. Have its operator"
            " authorize this account for the ids of stations beforehand, for example by its external account binding."
        )
    why = next((f" ({each.error.text})" for each in authorization.challenges or () if each.error is not None), "")
    return f"The authorization for {name!r} is {status} at the certificate authority{why}."
