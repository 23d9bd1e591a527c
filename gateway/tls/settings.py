"""Settings of TLS, of security profiles, and of proxies in front. PURE."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from gateway.profiles import Demands, site_profiles
from gateway.tls.proxies import Networks, networks
from schemas.base import SecurityProfile
from schemas.kafkaaccess import KafkaAccess
from schemas.settings import BadSetting

Port = Annotated[int, Meta(ge=0, le=65_535)]

CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
    ":AES128-GCM-SHA256:AES256-GCM-SHA384"
)
"""A00.FR.318: the four suites that a CSMS must have, and those with RSA certificates and forward secrecy."""


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """The files of TLS. `pairs`: certificate and key of each server certificate."""

    pairs: tuple[tuple[str, str], ...]
    password_file: str
    client_ca: str
    crls: tuple[str, ...]
    ciphers: str
    minimum: Literal["1.2", "1.3"]
    expired: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        named = (*(path for pair in self.pairs for path in pair), self.password_file, self.client_ca, *self.crls)
        return tuple(dict.fromkeys(filter(None, named)))


class TlsSettings(KafkaAccess, frozen=True, kw_only=True):
    """How stations connect with TLS, and what is demanded of them."""

    plain: Annotated[bool, Meta(description="Whether stations may connect without TLS, on `port`.")] = True
    tls_port: Annotated[
        Port | None, Meta(description="A port with TLS (profile 2; wss://); 0 takes a free one; none: there is none.")
    ] = None
    mtls_port: Annotated[
        Port | None,
        Meta(
            description="A port with TLS that asks for a client certificate (profile 3); 0 takes a free one; none: there is none."
        ),
    ] = None
    tls_certificates: Annotated[
        str,
        Meta(
            description=(
                "PEM files of the server certificates with their chains, separated by commas. One with an RSA key and one "
                "with an EC key serve side by side (A00.FR.318); of several names the one that the station asks for (SNI) is "
                "taken, else the first. A changed file is used within some seconds, and no connection is dropped."
            )
        ),
    ] = ""
    tls_keys: Annotated[
        str,
        Meta(description="PEM files of their keys, in the same order; empty: each certificate's file has its key."),
    ] = ""
    tls_key_password_file: Annotated[
        str, Meta(description="A file whose first line is the password of the keys; empty: they have none.")
    ] = ""
    tls_client_ca: Annotated[
        str, Meta(description="PEM file of the authorities that sign client certificates; needed for `mtls_port`.")
    ] = ""
    tls_crls: Annotated[
        str,
        Meta(
            description=(
                "Files of revocation lists (PEM or DER), separated by commas. A list that was replaced is read within some "
                "seconds, and connections with a certificate that it names are closed."
            )
        ),
    ] = ""
    tls_ciphers: Annotated[
        str, Meta(description="Cipher suites of TLS 1.2, by OpenSSL's names; those of TLS 1.3 are always there.")
    ] = CIPHERS
    tls_minimum: Annotated[Literal["1.2", "1.3"], Meta(description="The lowest version of TLS.")] = "1.2"
    tls_reload_s: Annotated[
        float, Meta(description="The files of TLS are looked at so often; SIGHUP makes it look at once.", gt=0)
    ] = 10.0
    ocsp: Annotated[
        Literal["off", "soft", "hard"],
        Meta(
            description=(
                "Ask the OCSP responder that a client certificate names. soft: where it does not answer, the certificate "
                "counts; hard: it does not."
            )
        ),
    ] = "off"
    ocsp_url: Annotated[
        str, Meta(description="Ask this responder instead of the one that the certificate names (http://...).")
    ] = ""
    ocsp_timeout_s: Annotated[float, Meta(description="How long a responder may take.", gt=0)] = 3.0
    ocsp_cached: Annotated[
        int, Meta(description="Answers of responders that are remembered until they expire.", ge=1)
    ] = 20_000

    min_security_profile: Annotated[
        SecurityProfile,
        Meta(
            description=(
                "The least security profile with which a station may connect: 0 none, 1 a password, 2 a password over TLS, 3 "
                "a client certificate. A station's own setting goes before."
            )
        ),
    ] = 0
    min_security_profile_sites: Annotated[
        str, Meta(description="The same for single sites, by their names: `berlin=2, oslo=3`.")
    ] = ""
    certificate_organizations: Annotated[
        str,
        Meta(
            description=(
                "Owners of client certificates that are accepted (O of the subject, A00.FR.404), separated by semicolons; "
                "empty: any owner that the authority signed for."
            )
        ),
    ] = ""

    expired_certificates: Annotated[
        bool,
        Meta(
            description=(
                "Let stations that were provisioned with `expired_certificate` in with a client certificate that has "
                "expired, only to renew it: they stay Pending (A00.FR.429, 807). TLS then checks no times, the gateway does."
            )
        ),
    ] = False

    trusted_proxies: Annotated[
        str,
        Meta(
            description=(
                "Networks of proxies in front (CIDR), separated by commas: only from there the PROXY protocol and the headers "
                "Forwarded certificate (`forwarded_certificate`) and X-Forwarded-For, -Proto are believed."
            )
        ),
    ] = ""
    proxy_protocol: Annotated[
        bool, Meta(description="Connections from trusted proxies begin with a PROXY protocol header (v1 or v2).")
    ] = False
    forwarded_certificate: Annotated[
        Literal["off", "x-forwarded-client-cert", "x-ssl-client-cert", "client-cert"],
        Meta(
            description=(
                "The header in which trusted proxies say the client certificate that they verified: Envoy's, nginx's "
                "(URL-encoded PEM) or that of RFC 9440. Other such headers are ignored and counted."
            )
        ),
    ] = "off"

    handshakes: Annotated[
        int,
        Meta(description="Handshakes in progress, TLS and HTTP; beyond it new connections wait to be accepted.", ge=1),
    ] = 2_000
    handshakes_per_address: Annotated[
        int,
        Meta(
            description=(
                "The same for one address; beyond it its new connections are closed. Trusted proxies have no limit; where "
                "all stations seem to come from one address, raise it to `handshakes`."
            ),
            ge=1,
        ),
    ] = 1_000
    tls_handshake_timeout_s: Annotated[float, Meta(description="How long a TLS handshake may take.", gt=0)] = 10.0
    failed_handshakes_per_s: Annotated[
        int,
        Meta(
            description=(
                "Failed TLS handshakes of one address in a second; beyond it its new connections are closed at once. One "
                "costs some tenths of a millisecond, with an RSA key more."
            ),
            ge=1,
        ),
    ] = 20
    frame_timeout_s: Annotated[
        float, Meta(description="How long a frame may take from its first byte to its last.", gt=0)
    ] = 120.0

    def tls_files(self) -> Files:
        """The files of TLS. Raises BadSetting."""
        certificates, keys = _listed(self.tls_certificates), _listed(self.tls_keys)
        if self.tls_port is not None or self.mtls_port is not None:
            if not certificates:
                raise BadSetting("tls_port and mtls_port need a server certificate: set tls_certificates.")
            if self.mtls_port is not None and not self.tls_client_ca:
                raise BadSetting("mtls_port needs the authorities of client certificates: set tls_client_ca.")
        if self.ocsp_url and not self.ocsp_url.startswith("http://"):
            raise BadSetting(f"ocsp_url={self.ocsp_url!r} must begin with http://: answers are signed.")
        if keys and len(keys) != len(certificates):
            raise BadSetting(
                f"tls_keys names {len(keys)} files and tls_certificates {len(certificates)}: one key for each certificate, or none."
            )
        return Files(
            pairs=tuple(zip(certificates, keys or certificates, strict=True)),
            password_file=self.tls_key_password_file,
            client_ca=self.tls_client_ca,
            crls=_listed(self.tls_crls),
            ciphers=self.tls_ciphers,
            minimum=self.tls_minimum,
            expired=self.expired_certificates,
        )

    def demands(self) -> Demands:
        """What is demanded of handshakes. Raises BadSetting."""
        sites = site_profiles(self.min_security_profile_sites)
        owners = frozenset(filter(None, map(str.strip, self.certificate_organizations.split(";"))))
        return Demands(
            least=self.min_security_profile, sites=sites, organizations=owners, expired=self.expired_certificates
        )

    def proxies(self) -> Networks:
        """The networks of trusted proxies. Raises BadSetting."""
        try:
            return networks(self.trusted_proxies)
        except ValueError as error:
            raise BadSetting(f"trusted_proxies: {error}") from error


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))
