"""Builders: one record each with one thing different, and a station whose records reach the core."""

from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.certificates import CertificateChanged, DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.commands import CommandRequested, CommandSettled
from schemas.states.certificates import StationCertificates
from services.certificates.core import due, initial, step
from tests.roots import a_root, named
from tests.services.moments import at

STATION = "DE-BER-0001"
USE = "ManufacturerRootCertificate"
NAMES = {"i": "InstallCertificate", "d": "DeleteCertificate", "l": "GetInstalledCertificates"}
"""The commands, by the first letter of the ids that the builders give them."""


def installed(
    command_id: str = "i1", *, seconds: float = 0, use: Any = USE, pem: str | None = None
) -> CommandRequested:
    return requested(command_id, InstallCertificate(certificate_type=use, certificate=pem or a_root()), seconds)


def deleted(command_id: str = "d1", *, seconds: float = 100, pem: str | None = None) -> CommandRequested:
    name = named(pem or a_root())
    command = DeleteCertificate(
        hash_algorithm="SHA256",
        issuer_name_hash=name["issuerNameHash"],
        issuer_key_hash=name["issuerKeyHash"],
        serial_number=name["serialNumber"],
    )
    return requested(command_id, command, seconds)


def listed(command_id: str = "l1", *, seconds: float = 50, uses: Any = ()) -> CommandRequested:
    return requested(command_id, GetInstalledCertificates(certificate_type=uses), seconds)


def requested(command_id: str, command: Any, seconds: float) -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(command_id: str = "i1", outcome: Any = "accepted", *, seconds: float = 1, **changes: Any) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    name = NAMES[command_id[0]]
    return CommandSettled(**members | {"command": name, "outcome": outcome, "settled_at": at(seconds)} | changes)


def lists(
    command_id: str, *pems: str, seconds: float = 51, use: str = USE, algorithm: str = "SHA256"
) -> CommandSettled:
    """The answer of a 2.x station that has these roots of a use, and none of any other."""
    chains = [{"certificateType": use, "certificateHashData": named(pem, algorithm)} for pem in pems]
    return answers(command_id, {"status": "Accepted", "certificateHashDataChain": chains}, seconds)


def answers(command_id: str, payload: Any, seconds: float) -> CommandSettled:
    return settled(command_id, seconds=seconds, response=msgspec.Raw(msgspec.json.encode(payload)))


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record) -> None:
        self.state: StationCertificates = initial(STATION)
        self.said: list[CertificateChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record)
        self.said += [output for output in outputs if isinstance(output, CertificateChanged)]
        return outputs

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def certificates(self) -> dict[str, CertificateChanged]:
        """The newest snapshot of each certificate."""
        return {change.certificate: change for change in self.said}

    @property
    def one(self) -> CertificateChanged:
        (only,) = self.certificates.values()
        return only
