"""Where webhooks may be sent."""

import pytest

from services.webhooks.addresses import address_refusal, url_refusal

PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1", "64:ff9b::a00:1"]
NEVER = [
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "224.0.0.1",
    "0.0.0.0",
    "::",
    "255.255.255.255",
    "::ffff:169.254.169.254",
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_for_the_setting_to_allow(address: str) -> None:
    assert "webhook_private_addresses" in address_refusal(address, private=False)
    assert address_refusal(address, private=True) == ""


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_sent_to(address: str) -> None:
    assert "never" in address_refusal(address, private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_sent_to(address: str) -> None:
    assert address_refusal(address, private=False) == ""


@pytest.mark.parametrize(
    "url",
    ["https://example.com/events", "http://example.com:8080/a?b=c", "https://[2606:2800:220:1:248:1893:25c8:1946]/"],
)
def test_http_urls_are_taken(url: str) -> None:
    assert url_refusal(url, private=False) == ""


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.com", "https://example.com"),
        ("file:///etc/passwd", "https://example.com"),
        ("example.com", "https://example.com"),
        ("https://", "https://example.com"),
        ("https://a:b@example.com/", "login"),
        ("https://example.com/ä", "percent"),
        ("https://example.com/a b", "percent"),
        ("https://example.com/#x", "fragment"),
        ("https://example.com:99999/", "not a URL"),
        ("https://example.com:0/", "port 0"),
        ("https://127.0.0.1/", "public"),
        ("http://[::1]/", "public"),
        ("http://169.254.169.254/latest", "never"),
    ],
)
def test_other_urls_are_refused_with_the_reason(url: str, says: str) -> None:
    assert says in url_refusal(url, private=False)
