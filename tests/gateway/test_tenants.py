"""Tenants of stations, and what they may send, by what is provisioned."""

from gateway.tenants import Tenants


def test_a_station_is_its_tenants_and_one_that_nobody_provisioned_is_the_default_tenants() -> None:
    tenants = Tenants()
    tenants.provision("A", "acme")
    tenants.provision("B", "acme")

    assert (tenants.of("A"), tenants.of("X")) == ("acme", "default")
    assert tenants.stations("acme") == 2
    tenants.provision("B", "umbrella")
    tenants.provision("A", None)
    tenants.provision("X", None)

    assert (tenants.stations("acme"), tenants.stations("umbrella")) == (0, 1)
    assert tenants.of("A") == "default"


def test_quotas_come_and_go() -> None:
    tenants = Tenants()
    assert tenants.messages_per_s("acme") is None
    tenants.quota("acme", 2.5)
    assert tenants.messages_per_s("acme") == 2.5
    tenants.quota("acme", None)
    tenants.quota("umbrella", None)

    assert tenants.messages_per_s("acme") is None


def test_the_edition_tells_when_a_connection_has_to_look_again() -> None:
    tenants = Tenants()
    tenants.provision("A", "acme")
    before = tenants.edition

    tenants.provision("A", "acme")
    tenants.provision("B", "default")
    assert tenants.edition == before

    tenants.provision("A", "umbrella")
    moved = tenants.edition
    tenants.quota("acme", 1.0)
    assert before < moved < tenants.edition
