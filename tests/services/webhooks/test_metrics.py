"""The gauges of a webhook end with it."""

from prometheus_client import generate_latest

from services.webhooks import metrics


def test_a_webhook_that_is_gone_is_shown_no_longer() -> None:
    metrics.OPEN.labels("passing").set(3)
    assert b'webhook_open{webhook="passing"} 3.0' in generate_latest()

    metrics.forget("passing")

    assert b'webhook="passing"' not in generate_latest()
    metrics.forget("never-shown")
