"""Config: the file that names the authorities: what each signs, and by which key or which server. PURE."""

from typing import Annotated, Literal

import msgspec

from schemas.signing import SigningUse

Uses = tuple[SigningUse, ...]
"""What an authority signs; nothing: it only makes the list of what it revoked, until its last certificate has expired."""
Days = Annotated[int, msgspec.Meta(ge=1, le=3_650)]


class BuiltIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="built-in"):
    """An authority whose key is a file here. Paths are relative to the file that names them.

    `certificate`: PEM, the issuing certificate and then those above it; the root may be left out, or stand in `root`.
    `revocation_list_url`: where the list of revoked certificates is served; it is written into certificates. `ocsp_url`: where its OCSP
    answers are served; empty: below `api_public_url`, where that is set.
    """

    uses: Uses
    certificate: str
    key: str
    key_password_file: str = ""
    root: str = ""
    validity_days: Days = 365
    revocation_list_url: str = ""
    ocsp_url: str = ""


class Pkcs11(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="pkcs11"):
    """A built-in authority whose key is in a token (HSM), by PKCS #11; the rest is as in BuiltIn.

    `module`: the shared library of the token's vendor. `token`: its label. `key_label`, `key_id` (CKA_ID, in hexadecimal): which of its
    private keys; one of them is enough. `pin_file`: the file with the user's PIN.
    """

    uses: Uses
    certificate: str
    module: Annotated[str, msgspec.Meta(min_length=1)]
    token: Annotated[str, msgspec.Meta(min_length=1)]
    pin_file: str
    key_label: str = ""
    key_id: str = ""
    root: str = ""
    validity_days: Days = 365
    revocation_list_url: str = ""
    ocsp_url: str = ""


class Est(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="est"):
    """An authority elsewhere, by RFC 7030. `url` ends in /.well-known/est, or in a label below it.

    `trust`: PEM with the roots of its TLS certificate. `roots`: PEM with the roots that certificates of stations have to be below; empty:
    those of `trust`. It knows us by a client certificate, by a user and password, or both.
    """

    uses: Uses
    url: Annotated[str, msgspec.Meta(pattern="^https://")]
    trust: str
    roots: str = ""
    client_certificate: str = ""
    client_key: str = ""
    client_key_password_file: str = ""
    user: str = ""
    password_file: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 10.0


class Acme(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="acme"):
    """An authority elsewhere, by ACME (RFC 8555). `url` is that of its directory.

    `trust`: PEM with the roots of its TLS certificate. `roots`: PEM with the roots that certificates of stations have to be below.
    `account_key`: PEM, RSA or EC, by which the server knows our account; an account is made where it has none. `eab_kid` and
    `eab_hmac_key_file` bind a new account to one that the server's operator gave us (external account binding, 7.3.4); the file has
    the key in base64url. `identifier`: as what a server is asked for the name of a station. `order_wait_s`: how long an order that
    the server works on is looked after before that counts as a failure and is tried again.
    """

    uses: Uses
    url: Annotated[str, msgspec.Meta(pattern="^https://")]
    trust: str
    roots: str
    account_key: str
    account_key_password_file: str = ""
    contact: tuple[Annotated[str, msgspec.Meta(pattern="^[a-z]+:")], ...] = ()
    terms_agreed: bool = False
    eab_kid: str = ""
    eab_hmac_key_file: str = ""
    identifier: Literal["dns", "permanent-identifier"] = "dns"
    profile: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 10.0
    order_wait_s: Annotated[float, msgspec.Meta(gt=0, le=240)] = 30.0


AnyAuthority = BuiltIn | Pkcs11 | Est | Acme
Config = dict[Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")], AnyAuthority]


class BadConfig(Exception):
    """The file cannot be used; the message says what is wrong with it."""


def read(text: bytes) -> Config:
    """The authorities by name. Raises BadConfig."""
    try:
        return msgspec.json.decode(text, type=Config)
    except msgspec.MsgspecError as error:
        raise BadConfig(str(error)) from error


def write(config: Config) -> str:
    """The file's text."""
    return msgspec.json.format(msgspec.json.encode(config), indent=2).decode() + "\n"
