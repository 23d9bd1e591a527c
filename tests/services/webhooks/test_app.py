"""The wiring of `webhooks`."""

import pytest

from schemas.settings import BadSetting
from services.nouns import ServicesSettings, build
from services.webhooks.settings import WebhooksSettings


def test_the_worker_is_built_and_is_not_ready_before_it_has_read_who_is_sent_what() -> None:
    (worker,) = build("webhooks", ServicesSettings())

    assert worker.name == "webhooks"
    assert worker.not_ready()


def test_a_key_that_is_none_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="secrets_key"):
        build("webhooks", ServicesSettings(secrets_key="short"))


def test_private_addresses_are_forbidden_unless_they_are_allowed() -> None:
    assert WebhooksSettings().webhook_private_addresses == "forbid"
