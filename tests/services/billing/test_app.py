"""What billing counts: records by kind and price, and costs told while sessions run."""

from prometheus_client import REGISTRY

from schemas.base import Due
from services.billing.app import service as built
from services.billing.settings import BillingSettings
from tests.services.billing.records import STATION, Billing, after, ended, metered, rated, reading, session

READINGS = metered(reading(0, 1000), reading(60, 11000))


def count(kind: str, price: str) -> float:
    return REGISTRY.get_sample_value("voltbus_services_cdrs_total", {"kind": kind, "price": price}) or 0


def test_records_are_counted_by_kind_and_price() -> None:
    service = built(BillingSettings(cost_update_s=60))
    before = {key: count(*key) for key in (("first", "rated"), ("credit", "rated"), ("correction", "rated"))}
    state, known = service.initial(STATION), rated().references

    for fact in (session(), READINGS, ended(), None, ended(60, 1000, 13000, changed_at=after(90)), None):
        at = service.due(state)
        state, _ = service.step(state, fact or Due(key=STATION, at=at), references=known)  # type: ignore[arg-type]

    assert {key: count(*key) - value for key, value in before.items()} == dict.fromkeys(before, 1)


def test_a_session_without_a_tariff_is_counted_by_the_reason() -> None:
    service = built(BillingSettings())
    before = count("first", "no-tariff")

    state, _ = service.step(service.initial(STATION), ended(last_meter_at=None), references=Billing().references)
    service.step(state, Due(key=STATION, at=service.due(state)), references=Billing().references)  # type: ignore[arg-type]

    assert count("first", "no-tariff") - before == 1
