"""References: reference data of stations and the compatibility matrix, read at start and followed."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from aiokafka.errors import KafkaError

from gateway import metrics
from gateway.admission import KnownStation
from gateway.compatibility import Compatibility
from gateway.effects import Hardware, Traits
from gateway.kafka import Kafka, decode_or_skip
from gateway.newpasswords import NewPasswords
from gateway.profiles import NO_STANDARDS, Standards
from gateway.tenants import Tenants
from gateway.tls.revocations import Revocations
from schemas.base import SecurityProfile
from schemas.codec import Decoder
from schemas.commands import CREDENTIALS, CredentialReported
from schemas.compatibility import REF_COMPATIBILITY, CompatibilityProvisioned, CompatibilityRemoved, Rule
from schemas.identities import REF_IDENTITIES
from schemas.identityvault import NO_VAULT, Vault, WrongKey
from schemas.ids import folded
from schemas.kafkareading import assign_from_start, partitions_of, read_up_to
from schemas.revocations import REF_REVOCATIONS, CertificateRevoked
from schemas.stations import (
    ADMISSIONS,
    REF_STATIONS,
    AdmissionChanged,
    RegistrationStatus,
    StationProvisioned,
    StationRemoved,
)
from schemas.tenants import REF_TENANTS, TenantProvisioned, TenantRemoved
from schemas.topic import Topic
from schemas.vendoranswers import Vendors
from schemas.vendors import REF_VENDORS, VendorProvisioned, VendorRemoved

log = logging.getLogger(__name__)

RETRY_S = 1.0
FOLLOWED: tuple[Topic, ...] = (
    REF_STATIONS,
    ADMISSIONS,
    REF_COMPATIBILITY,
    REF_VENDORS,
    REF_REVOCATIONS,
    REF_IDENTITIES,
    REF_TENANTS,
)

"""What is read in full before stations may connect."""

HEARD: tuple[Topic, ...] = (CREDENTIALS,)
"""What is followed from the start of the process on: earlier passwords are in the words of `stations`."""


class _Provisioned(msgspec.Struct, frozen=True, gc=False):
    """A station as the operator provisioned it."""

    registration: RegistrationStatus
    password_hash: str
    credential_needed: bool | None
    site: str
    time_zone: str
    standards: Standards = NO_STANDARDS


class _Admission(msgspec.Struct, frozen=True, gc=False):
    """A station as the service `stations` last published it; equal texts are shared between stations (interned)."""

    registration: RegistrationStatus | None
    vendor: str
    model: str
    firmware_version: str
    password_hashes: tuple[str, ...] = ()
    replaces: str = ""
    profile: SecurityProfile = 0

    def accepted_hashes(self, set_by_operator: str) -> tuple[str, ...]:
        """The hashes of the passwords that are accepted; `set_by_operator` is the hash that the operator set."""
        if self.password_hashes and self.replaces == set_by_operator:
            return self.password_hashes
        return (set_by_operator,) if set_by_operator else ()


_NO_ADMISSION = _Admission(None, "", "", "")


class Changed(Protocol):
    """Called when the reference data of a station has changed."""

    def __call__(self, station: str, *, by_operator: bool) -> None:
        """`by_operator`: an operator changed it; otherwise the service `stations` did."""


class References:
    """The newest reference data of every station, as far as a handshake needs it. `changed` is called for each change."""

    def __init__(self, changed: Changed | None = None, vault: Vault = NO_VAULT) -> None:
        self.changed = changed
        self._vault = vault
        self.edition = 0
        """Changes with every record: traits that were returned before may be outdated."""
        self._provisioned: dict[str, _Provisioned] = {}
        self._admissions: dict[str, _Admission] = {}
        self.new_passwords = NewPasswords(self._said_hashes)
        self.tenants = Tenants()
        self._spellings: dict[str, str] = {}
        self.unknown = 0
        """Number of stations that are not provisioned and have connected before, here or elsewhere."""
        self._decoders = {topic.name: Decoder(topic) for topic in (*FOLLOWED, *HEARD)}
        self._compatibility = Compatibility()
        self._vendors: Vendors = {}
        self.revocations = Revocations()
        self.revoked: Callable[[], None] | None = None
        """Called when more certificates are revoked."""
        self._consumer: Any = None

    def lookup(self, station: str) -> KnownStation | None:
        """The reference data of a station, ignoring case; None where it is not provisioned and has never connected."""
        station = self.spelling_of(station)
        provisioned, admission = self._provisioned.get(station), self._admissions.get(station) or _NO_ADMISSION
        if provisioned is None:
            if admission is _NO_ADMISSION:
                return None
            return KnownStation(
                station=station,
                password_hashes=self.new_passwords.accepted(station),
                registration=admission.registration,
                vendor=admission.vendor,
                model=admission.model,
                firmware_version=admission.firmware_version,
                standards=_with_highest(NO_STANDARDS, admission.profile),
            )
        return KnownStation(
            station=station,
            provisioned=True,
            password_hashes=self.new_passwords.accepted(station),
            credential_needed=provisioned.credential_needed,
            any_user=Rule.BASIC_USER in self.traits(station, None).rules,
            site=provisioned.site,
            registration=provisioned.registration,
            vendor=admission.vendor,
            model=admission.model,
            firmware_version=admission.firmware_version,
            standards=_with_highest(provisioned.standards, admission.profile),
        )

    def spelling_of(self, station: str) -> str:
        """The id as it was provisioned, else as it first appeared; ids are compared without case."""
        return station if station in self._provisioned else self._spellings.get(folded(station), station)

    def traits(self, station: str, hardware: Hardware | None) -> Traits:
        """The traits of a station; `hardware` None: its last known hardware applies."""
        provisioned = self._provisioned.get(station)
        if hardware is None:
            admission = self._admissions.get(station) or _NO_ADMISSION
            hardware = Hardware(
                vendor=admission.vendor, model=admission.model, firmware_version=admission.firmware_version
            )
        place = (provisioned.time_zone, provisioned.site) if provisioned else ("", "")
        traits = self._compatibility.traits(station, hardware, *place)
        return msgspec.structs.replace(traits, vendors=self._vendors) if self._vendors else traits

    async def start(self, kafka: Kafka) -> None:
        """Read all topics to their end. Raises Unreachable; WrongKey where the vault was made with another key."""
        self._consumer = await kafka.consumer()
        partitions = await partitions_of(self._consumer, [topic.name for topic in FOLLOWED])
        heard = await partitions_of(self._consumer, [topic.name for topic in HEARD])
        ends = await assign_from_start(self._consumer, [*partitions, *heard])
        await self._consumer.seek_to_end(*heard)
        ends = {partition: end for partition, end in ends.items() if partition not in heard}
        async for record in read_up_to(self._consumer, ends):
            self.apply(record.topic, record.key, record.value)

    async def run(self) -> None:
        """Follow the topics until cancelled."""
        while True:
            try:
                batches = await self._consumer.getmany(timeout_ms=1_000)
            except KafkaError as error:
                log.warning("Reference data cannot be read now: %r; trying again", error)
                await asyncio.sleep(RETRY_S)
                continue
            for records in batches.values():
                for record in records:
                    self._follow(record.topic, record.key, record.value)
            if self.revoked is not None and any(each.topic == REF_REVOCATIONS.name for each in batches):
                self.revoked()

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    def _follow(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        try:
            self.apply(topic, key, value)
        except WrongKey as error:
            log.error("A record is not used: %s", error)  # noqa: TRY400 the message says enough

    def apply(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        """Apply one record of a topic; a tombstone (no value) removes the entry of the key. Raises WrongKey."""
        if topic == REF_IDENTITIES.name:
            self._apply_to_vault(value)
            return
        self.edition += 1
        if value is None:
            self._apply_tombstone(topic, (key or b"").decode(errors="replace"))
            return
        match decode_or_skip(self._decoders[topic], topic, value):
            case StationProvisioned() as record:
                self._provision(record)
            case StationRemoved(station=station, removed_at=at):
                self.new_passwords.forget(station, at)
                self.tenants.provision(station, None)
                self._put(self._provisioned, station, None)
            case CompatibilityProvisioned() | CompatibilityRemoved() as row:
                self._compatibility.apply(row)
            case CertificateRevoked(fingerprint=fingerprint):
                self.revocations.revoke(fingerprint)
            case VendorProvisioned() as vendor:
                self._know(vendor.vendor, vendor)
            case VendorRemoved(vendor=key_of_vendor):
                self._know(key_of_vendor, None)
            case TenantProvisioned() | TenantRemoved() as word:
                self.tenants.apply(word)
            case CredentialReported() as report:
                self.new_passwords.on_reported(report)
            case AdmissionChanged(removed=True, station=station):
                self._put(self._admissions, station, None)
            case AdmissionChanged() as admission:
                self.new_passwords.on_said(admission.station, admission.password_hashes)
                self._put(self._admissions, admission.station, _admission(admission))

    def _provision(self, record: StationProvisioned) -> None:
        before = self._provisioned.get(record.station)
        if before is None or before.password_hash != record.password_hash:
            self.new_passwords.forget(record.station, record.provisioned_at)
        self.tenants.provision(record.station, sys.intern(record.tenant))
        self._put(self._provisioned, record.station, _provisioned(record))

    def _said_hashes(self, station: str) -> tuple[str, ...]:
        """The hashes of the passwords that are accepted, by what Kafka has."""
        provisioned, admission = self._provisioned.get(station), self._admissions.get(station) or _NO_ADMISSION
        return admission.accepted_hashes("" if provisioned is None else provisioned.password_hash)

    def _apply_to_vault(self, value: bytes | None) -> None:
        record = decode_or_skip(self._decoders[REF_IDENTITIES.name], REF_IDENTITIES.name, value) if value else None
        if record is not None:
            self._vault.apply(record)

    def _apply_tombstone(self, topic: str, key: str) -> None:
        if topic == REF_COMPATIBILITY.name:
            self._compatibility.forget(key)
        elif topic == REF_VENDORS.name:
            self._know(key, None)
        elif topic == REF_REVOCATIONS.name:
            self.revocations.forget(key)
        elif topic == REF_TENANTS.name:
            self.tenants.quota(key, None)
        else:
            if topic == REF_STATIONS.name:
                self.tenants.provision(key, None)
            self._put(self._provisioned if topic == REF_STATIONS.name else self._admissions, key, None)

    def _know(self, vendor: str, record: VendorProvisioned | None) -> None:
        """Keep what a vendor's messages are answered. Traits that were given keep the vendors they were given with."""
        others = {key: each for key, each in self._vendors.items() if key != vendor}
        self._vendors = others if record is None else {**others, vendor: record}

    def _put(self, entries: dict[str, Any], station: str, value: _Provisioned | _Admission | None) -> None:
        if entries.get(station) == value:
            return
        unknown = self._is_unknown(station)
        if value is None:
            del entries[station]
        else:
            entries[station] = value
        self.unknown += self._is_unknown(station) - unknown
        self._spell(station)
        metrics.REFERENCES.set(len(self._provisioned))
        metrics.HEARD_OF.set(len(self._admissions))
        if self.changed is not None:
            self.changed(station, by_operator=entries is self._provisioned)

    def _is_unknown(self, station: str) -> bool:
        return station in self._admissions and station not in self._provisioned

    def _spell(self, station: str) -> None:
        fold = folded(station)
        if station in self._provisioned:
            self._spellings[fold] = station
        elif station in self._admissions:
            self._spellings.setdefault(fold, station)
        elif self._spellings.get(fold) == station:
            del self._spellings[fold]


def _admission(record: AdmissionChanged) -> _Admission:
    return _Admission(
        registration=record.registration,
        vendor=sys.intern(record.vendor),
        model=sys.intern(record.model),
        firmware_version=sys.intern(record.firmware_version),
        password_hashes=record.password_hashes,
        replaces=record.replaces,
        profile=record.security_profile,
    )


def _with_highest(standards: Standards, highest: SecurityProfile) -> Standards:
    return msgspec.structs.replace(standards, highest=highest) if highest else standards


def _provisioned(record: StationProvisioned) -> _Provisioned:
    return _Provisioned(
        record.registration,
        record.password_hash,
        record.credential_needed,
        sys.intern(record.site),
        sys.intern(record.time_zone),
        _standards(record),
    )


def _standards(record: StationProvisioned) -> Standards:
    if record.min_security_profile is None and not record.certificates and not record.expired_certificate:
        return NO_STANDARDS
    return Standards(
        least=record.min_security_profile,
        certificates=frozenset(record.certificates),
        expired=record.expired_certificate,
    )
