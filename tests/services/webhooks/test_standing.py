"""Which secrets sign at a moment, and what a webhook becomes whose receiver is gone."""

import base64
import datetime as dt

import pytest

from schemas.sealing import Seal, Unopenable
from services.webhooks.standing import disabled, secrets_at
from tests.services.webhooks.records import NOON, OLD_SECRET, SEAL, SECRET, webhook

DAY = dt.timedelta(days=1)


def test_a_replaced_secret_signs_for_a_day_more() -> None:
    rotated = webhook(previous_secret=OLD_SECRET, rotated_at=NOON)

    assert secrets_at(rotated, NOON, SEAL) == (SECRET, OLD_SECRET)
    assert secrets_at(rotated, NOON + DAY, SEAL) == (SECRET,)
    assert secrets_at(webhook(), NOON, SEAL) == (SECRET,)


def test_sealed_secrets_are_opened_and_need_the_key() -> None:
    seal = Seal(base64.b64decode(base64.b64encode(b"k" * 64)))
    sealed = webhook(secret=seal.seal(SECRET))

    assert SECRET not in sealed.secret
    assert secrets_at(sealed, NOON, seal) == (SECRET,)
    with pytest.raises(Unopenable):
        secrets_at(sealed, NOON, SEAL)


def test_a_webhook_whose_receiver_is_gone_is_off_and_says_why() -> None:
    off = disabled(webhook(), NOON)

    assert not off.enabled
    assert "410 Gone at 2026-06-01 12:00:00 UTC" in off.disabled_reason
    assert (off.provisioned_at, off.provisioned_by) == (NOON, "webhooks")
