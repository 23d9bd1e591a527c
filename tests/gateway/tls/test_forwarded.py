"""Forwarded: the three forms of certificate, and the client behind proxies."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tls.certificates import Unreadable
from gateway.tls.forwarded import NGINX, RFC9440, XFCC, Forwarded, forwarded
from gateway.tls.proxies import networks
from tests.gateway.conftest import World

TRUSTED = networks("10.0.0.0/8")


def said(header: str, **headers: str) -> Forwarded:
    return forwarded({name.replace("_", "-"): [value] for name, value in headers.items()}, header, TRUSTED)


def test_envoy_forwards_the_certificate(world: World) -> None:
    own = world.stations.issue("ENVOY")
    value = f'By=spiffe://a;Hash=1;Cert="{quote(own.pem)}";Subject="CN=other"'
    found = said(XFCC, x_forwarded_client_cert=value)
    assert found.certificate is not None
    assert (found.tls, found.certificate.names, found.certificate.fingerprint) == (True, ("ENVOY",), own.fingerprint)


def test_of_envoys_elements_the_last_counts() -> None:
    value = 'Subject="CN=ATTACKER",By=x;Hash=ABC;Subject="O=Owner\\, Inc,CN=CP-1";DNS=cp-1.example;URI=urn:1'
    found = said(XFCC, x_forwarded_client_cert=value).certificate
    assert found is not None
    assert found.names == ("CP-1", "cp-1.example", "urn:1")
    assert (found.organizations, found.fingerprint, found.number) == (("Owner, Inc",), "abc", "")


def test_nginx_forwards_the_certificate_it_verified(world: World) -> None:
    own = world.stations.issue("NGINX")
    found = said(NGINX, x_ssl_client_cert=quote(own.pem), x_ssl_client_verify="SUCCESS").certificate
    assert found is not None
    assert found.names == ("NGINX",)
    with pytest.raises(Unreadable, match="did not verify"):
        said(NGINX, x_ssl_client_cert=quote(own.pem), x_ssl_client_verify="FAILED:self-signed")


def test_rfc_9440_forwards_the_certificate_and_its_chain(world: World) -> None:
    own = world.stations.issue("RFC")
    der = base64.b64encode(own.der).decode()
    found = said(RFC9440, client_cert=f":{der}:", client_cert_chain=f":{der}:, :{der}:").certificate
    assert found is not None
    assert (found.names, len(found.chain)) == (("RFC",), 3)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (XFCC, "nonsense"),
        (XFCC, "By=x;Hash=1"),
        (XFCC, 'Cert="no pem"'),
        (NGINX, "-----BEGIN CERTIFICATE-----%0Axx"),
        (RFC9440, "abc"),
        (RFC9440, ":***:"),
        (RFC9440, ":YWJj:"),
        (RFC9440, ":" + "A" * 40_000 + ":"),
    ],
)
def test_what_cannot_be_read_is_no_certificate(header: str, value: str) -> None:
    with pytest.raises(Unreadable):
        forwarded({header: [value]}, header, TRUSTED)


def test_a_header_that_stands_twice_is_refused(world: World) -> None:
    der = ":" + base64.b64encode(world.ec.der).decode() + ":"
    with pytest.raises(Unreadable, match="more than once"):
        forwarded({RFC9440: [der, der]}, RFC9440, TRUSTED)


def test_another_header_than_the_proxys_counts_for_nothing() -> None:
    assert said(RFC9440, x_forwarded_client_cert='Subject="CN=CP-1"').certificate is None
    assert said("off", client_cert=":YWJj:").certificate is None


@pytest.mark.parametrize(
    ("hops", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.2, 10.0.0.3", "192.0.2.7"),
        ("[2001:db8::7]:4000", "2001:db8::7"),
        ("192.0.2.7:4000", "192.0.2.7"),
        ("10.0.0.1", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_the_client_is_the_last_that_is_no_trusted_proxy(hops: str, address: str) -> None:
    assert said("off", x_forwarded_for=hops).address == address


@pytest.mark.parametrize(
    ("proto", "tls"), [("https", True), ("wss", True), ("http", False), ("https, http", False), ("", False)]
)
def test_tls_in_front_of_the_proxy_counts(proto: str, tls: bool) -> None:
    assert said("off", x_forwarded_proto=proto).tls is tls


@given(st.sampled_from([XFCC, NGINX, RFC9440]), st.text(max_size=200), st.text(max_size=50))
def test_any_header_is_read_or_refused(header: str, value: str, hops: str) -> None:
    try:
        found = forwarded({header: [value], "x-forwarded-for": [hops], "x-forwarded-proto": [hops]}, header, TRUSTED)
    except Unreadable:
        return
    assert found.certificate is None or found.certificate.names
