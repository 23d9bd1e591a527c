"""Settings of TLS: what must be there, said where it is missing."""

from typing import Any

import pytest

from gateway.tls.settings import TlsSettings
from schemas.settings import BadSetting, load


def test_without_tls_nothing_is_needed() -> None:
    assert TlsSettings().tls_files().paths == ()


def test_certificates_and_keys_are_taken_in_order() -> None:
    files = TlsSettings(
        tls_port=0, mtls_port=0, tls_certificates="a.pem, b.pem", tls_keys="a.key,b.key", tls_client_ca="ca.pem",
        tls_crls="one.crl,two.crl",
    ).tls_files()  # fmt: skip
    assert files.pairs == (("a.pem", "a.key"), ("b.pem", "b.key"))
    assert files.paths == ("a.pem", "a.key", "b.pem", "b.key", "ca.pem", "one.crl", "two.crl")
    assert TlsSettings(tls_certificates="a.pem").tls_files().pairs == (("a.pem", "a.pem"),)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"tls_port": 0}, "tls_certificates"),
        ({"mtls_port": 0, "tls_certificates": "a"}, "tls_client_ca"),
        ({"tls_certificates": "a,b", "tls_keys": "a"}, "tls_keys"),
        ({"ocsp_url": "ftp://responder"}, "ocsp_url"),
    ],
)
def test_what_is_missing_is_named(settings: dict[str, Any], names: str) -> None:
    with pytest.raises(BadSetting, match=names):
        TlsSettings(**settings).tls_files()


def test_demands_are_read() -> None:
    demands = TlsSettings(
        min_security_profile=1, min_security_profile_sites="oslo=3", certificate_organizations="CPO, Inc; Other"
    ).demands()
    assert (demands.least, demands.sites, demands.organizations) == (1, {"oslo": 3}, frozenset({"CPO, Inc", "Other"}))
    with pytest.raises(BadSetting, match="oslo=4"):
        TlsSettings(min_security_profile_sites="oslo=4").demands()


def test_networks_are_read() -> None:
    assert len(TlsSettings(trusted_proxies="10.0.0.0/8, ::1/128").proxies()) == 2
    with pytest.raises(BadSetting, match="trusted_proxies"):
        TlsSettings(trusted_proxies="10.0.0.1/8").proxies()


def test_every_setting_is_read_from_text() -> None:
    """As flags and variables give it."""
    given = {
        "plain": "false", "tls_port": "9443", "mtls_port": "9444", "tls_minimum": "1.3", "ocsp": "soft",
        "min_security_profile": "2", "forwarded_certificate": "client-cert", "proxy_protocol": "true", "handshakes": "5",
    }  # fmt: skip
    environ = {f"VOLTBUS_{name.upper()}": value for name, value in given.items()}
    found = load(TlsSettings, prog="x", description="", argv=[], environ=environ)
    assert (found.plain, found.tls_port, found.mtls_port, found.min_security_profile) == (False, 9443, 9444, 2)
    for name, value in (("TLS_PORT", "70000"), ("MIN_SECURITY_PROFILE", "4")):
        with pytest.raises(BadSetting, match=name):
            load(TlsSettings, prog="x", description="", argv=[], environ={f"VOLTBUS_{name}": value})
