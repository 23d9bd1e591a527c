"""Metrics of TLS, proxies and security profiles. No station is ever a label."""

from prometheus_client import Counter, Gauge

HANDSHAKES = Counter(
    "voltbus_gateway_tls_handshakes_total",
    "TLS handshakes that succeeded, by the version of TLS and the kind of cipher suite.",
    ("version", "cipher"),
)
FAILED = Counter(
    "voltbus_gateway_tls_handshakes_failed_total",
    "TLS handshakes that failed, by cause: no-certificate, unknown-ca, expired, not-yet-valid, certificate (otherwise invalid), version, "
    "cipher, refused-by-station (it does not accept our certificate), no-tls, timeout, cut-off, other.",
    ("cause",),
)
CLOSED = Counter(
    "voltbus_gateway_connections_closed_early_total",
    "Connections closed before their handshake: address (too many handshakes of it in progress), failures (too many failed TLS "
    "handshakes of it), proxy (no PROXY header of a trusted proxy, or one that cannot be read), untrusted-proxy (a PROXY header of "
    "somebody else).",
    ("because",),
)
IN_PROGRESS = Gauge("voltbus_gateway_handshakes_in_progress", "Handshakes in progress, TLS and HTTP.")
PAUSED = Counter(
    "voltbus_gateway_accepting_paused_total",
    "Times new connections had to wait because too many handshakes were in progress.",
)
RELOADS = Counter(
    "voltbus_gateway_tls_reloads_total", "Times the files of TLS were read anew: done, failed.", ("result",)
)
RELOAD_FAILED = Gauge(
    "voltbus_gateway_tls_reload_failed",
    "1 while the files of TLS cannot be used and those of before are in use; else 0.",
)
CERTIFICATE_EXPIRES = Gauge(
    "voltbus_gateway_tls_certificate_expires_timestamp_seconds",
    "When a server certificate expires, in seconds since 1970.",
    ("certificate",),
)
REVOKED_CERTIFICATES = Gauge("voltbus_gateway_tls_revoked_certificates", "Certificates that revocation lists name.")
SECURITY_REFUSED = Counter(
    "voltbus_gateway_security_refused_total",
    "Handshakes refused for security, by the type of the security event: InvalidChargingStationCertificate, SecurityProfileTooLow.",
    ("type",),
)
EVENTS_HELD_BACK = Counter(
    "voltbus_gateway_security_events_held_back_total",
    "Security events of handshakes that were counted and not published, because their station had one a moment ago or nobody knows it.",
)
PROFILES = Gauge("voltbus_gateway_connections_by_profile", "Stations connected, by security profile.", ("profile",))
FORWARDED_IGNORED = Counter(
    "voltbus_gateway_forwarded_ignored_total",
    "Headers that only a trusted proxy may send, from elsewhere or other than `forwarded_certificate`; they are ignored.",
    ("header",),
)
OCSP = Counter(
    "voltbus_gateway_ocsp_total",
    "Questions about client certificates: good, revoked, unknown, failed, cached.",
    ("result",),
)
