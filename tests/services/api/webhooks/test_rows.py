"""A webhook as the API gives it is its record without secrets and without what only workers need."""

from schemas.webhooks import WebhookProvisioned
from services.api.webhooks.rows import VALID_NAME, Webhook, webhook_of
from tests.services.webhooks.records import webhook


def test_the_row_is_the_record_without_its_secrets() -> None:
    record = webhook(sites=("berlin",))

    row = webhook_of(record)

    assert all(getattr(row, name) == getattr(record, name) for name in Webhook.__struct_fields__)
    hidden = set(WebhookProvisioned.__struct_fields__) - set(Webhook.__struct_fields__)
    assert hidden == {"secret", "previous_secret", "start", "started_at"}


def test_names_are_small_words() -> None:
    assert VALID_NAME.fullmatch("erp-2.test_a")
    assert not any(VALID_NAME.fullmatch(name) for name in ("", "-a", "ERP", "a b", "a/b", "a" * 65))
