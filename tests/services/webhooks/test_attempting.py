"""Attempting: an event is sent signed or not at all, and each attempt is published whole."""

import base64
import datetime as dt

from msgspec.structs import replace

from schemas.sealing import Seal
from schemas.webhooks import WebhookProvisioned
from services.webhooks.attempting import Attempting
from services.webhooks.backlog import Result, Verdict
from services.webhooks.events import Event
from services.webhooks.kinds import KINDS
from services.webhooks.signing import headers
from tests.services.webhooks.records import NOON, SEAL, SECRET, events_of, record_of, webhook


class Post:
    """A sender that keeps what it was given to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, str], bytes]] = []

    async def post(self, url: str, signed: dict[str, str], body: bytes) -> Result:
        self.sent.append((url, dict(signed), body))
        return Result(http_status=204)


def attempting(to: WebhookProvisioned, *, body_limit: int = 1_000_000) -> Attempting:
    return Attempting(to, SEAL, body_limit=body_limit)


def event(to: WebhookProvisioned) -> Event:
    return events_of(record_of(KINDS[0]), to)[0]


async def test_an_event_is_posted_with_the_signature_of_the_present_secret() -> None:
    to, post = webhook(), Post()
    one = event(to)

    result = await attempting(to).attempt(post, one, NOON)  # type: ignore[arg-type]

    assert result.http_status == 204
    assert post.sent == [(to.url, headers((SECRET,), one.delivery, int(NOON.timestamp()), one.body), one.body)]


async def test_what_is_too_large_or_cannot_be_made_is_dead_and_never_sent() -> None:
    to, post = webhook(), Post()
    one = event(to)

    large = await attempting(to, body_limit=len(one.body) - 1).attempt(post, one, NOON)  # type: ignore[arg-type]
    unmade = await attempting(to).attempt(post, replace(one, unsendable="it is gone"), NOON)  # type: ignore[arg-type]

    assert large.final
    assert "webhook_body_limit" in large.detail
    assert (unmade.final, unmade.detail) == (True, "it is gone")
    assert post.sent == []


async def test_what_cannot_be_signed_is_tried_again_and_says_why() -> None:
    sealed = Seal(base64.b64decode(base64.b64encode(b"k" * 64))).seal(SECRET)
    to, post = webhook(secret=sealed), Post()

    result = await attempting(to).attempt(post, event(to), NOON)  # type: ignore[arg-type]

    assert not result.final
    assert "it cannot be signed" in result.detail
    assert post.sent == []


def test_an_attempt_is_published_whole_under_an_id_of_its_time() -> None:
    to = webhook()
    one, at = event(to), NOON + dt.timedelta(seconds=3)
    verdict = Verdict(status="retrying", attempt=2, detail="503", next_at=NOON + dt.timedelta(minutes=1))

    attempted = attempting(to).attempted(one, Result(http_status=503, took_ms=7), verdict, at)

    assert (attempted.webhook, attempted.delivery, attempted.source) == ("erp", one.delivery, one.source)
    assert (attempted.status, attempted.attempt, attempted.http_status, attempted.took_ms) == ("retrying", 2, 503, 7)
    assert (attempted.occurred_at, attempted.attempted_at) == (NOON, at)
    assert attempted.id != attempting(to).attempted(one, Result(), verdict, NOON).id


def test_a_webhook_whose_receiver_is_gone_is_turned_off_by_what_it_is_now() -> None:
    to = webhook()

    proposed = attempting(to).disabling(NOON)

    assert isinstance(proposed.change, WebhookProvisioned)
    assert not proposed.change.enabled
    assert proposed.proposed_at == NOON
    assert attempting(to).disabling(NOON + dt.timedelta(days=1)).id == proposed.id, (
        "the same version is turned off once"
    )
    assert attempting(replace(to, url="http://127.0.0.1:2/")).disabling(NOON).based_on != proposed.based_on
