"""Listing: reads a station's answer to GetInstalledCertificateIds, of 1.6 and 2.x, even where it breaks its schema. PURE."""

from collections.abc import Iterator

import msgspec

from schemas.states.certificates import Listed
from schemas.x509 import HashData

MOST = 200
"""Certificates of one answer that are read; a station has a handful."""


class _Hash(msgspec.Struct, rename="camel"):
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str

    def name(self) -> HashData:
        return HashData(**{member: getattr(self, member) for member in HashData.__struct_fields__})


class _Chain(msgspec.Struct, rename="camel"):
    certificate_hash_data: _Hash
    certificate_type: str = ""
    child_certificate_hash_data: list[_Hash] | None = None


class _Answer(msgspec.Struct, rename="camel"):
    status: str = ""
    certificate_hash_data: list[_Hash] | None = None
    certificate_hash_data_chain: list[_Chain] | None = None


def listed_in(response: msgspec.Raw) -> tuple[Listed, ...] | None:
    """What the answer lists, nothing where it has none (NotFound, M03.FR.02); None where it cannot be read."""
    try:
        answer = msgspec.json.decode(response, type=_Answer)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if answer.status.casefold() not in ("accepted", "notfound"):
        return None
    return tuple(one for one, _ in zip(_listed(answer), range(MOST), strict=False))


def _listed(answer: _Answer) -> Iterator[Listed]:
    for each in answer.certificate_hash_data or ():
        yield Listed(name=each.name())
    for chain in answer.certificate_hash_data_chain or ():
        first = chain.certificate_hash_data.name()
        yield Listed(use=chain.certificate_type, name=first)
        for child in chain.child_certificate_hash_data or ():
            yield Listed(use=chain.certificate_type, name=child.name(), parent=first)
