"""Config: the file that names the authorities: what each signs, and by which key or which server. PURE."""

from typing import Annotated

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


class Est(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="est"):
    """An authority elsewhere, by RFC 7030. `url` ends in /.well-known/est, or in a label below it.

    `trust`: PEM with the roots of its TLS certificate. It knows us by a client certificate, by a user and password, or both.
    """

    uses: Uses
    url: Annotated[str, msgspec.Meta(pattern="^https://")]
    trust: str
    client_certificate: str = ""
    client_key: str = ""
    client_key_password_file: str = ""
    user: str = ""
    password_file: str = ""
    timeout_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 10.0


Config = dict[Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,39}$")], BuiltIn | Est]


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
