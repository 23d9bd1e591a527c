"""A tenant as callers give and see it."""

import msgspec
import pytest

from schemas.tenants import Quotas, TenantProvisioned
from services.api.fakes import NOON
from services.api.tenants.rows import ProvisionTenant, Usage, tenant_of

USAGE = Usage(stations=1, commands_in_flight=None, event_streams=0, transfers=0, refused={})


def test_what_is_left_out_is_no_quota() -> None:
    given = msgspec.convert({"quotas": {"stations": 0}}, ProvisionTenant)

    assert given.quotas.quotas() == Quotas(stations=0)


@pytest.mark.parametrize("quotas", [{"stations": -1}, {"requests_per_s": 0}, {"cores": 1}])
def test_what_is_no_quota_is_refused(quotas: dict[str, int]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"quotas": quotas}, ProvisionTenant)


def test_a_tenant_that_is_not_provisioned_has_no_quotas() -> None:
    record = TenantProvisioned(tenant="acme", title="Acme", quotas=Quotas(transfers=1), provisioned_at=NOON)

    assert tenant_of("acme", None, USAGE).quotas == Quotas()
    assert not tenant_of("acme", None, USAGE).provisioned
    assert tenant_of("acme", record, USAGE).title == "Acme"
