"""The wiring of `provisioning`: it decides by the reference data that it holds whole, and saves before anybody else decides."""

import datetime as dt

from schemas.authorization import TokenProvisioned
from schemas.provisioning import ChangeProposed, ChangeSettled, deciding_key, revision_of
from schemas.routing import route
from services.provisioning.app import service
from services.runtime.process.settings import Settings

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def test_a_change_that_knows_nothing_of_what_is_there_is_refused() -> None:
    built = service(Settings())
    now = TokenProvisioned(token="04A2B3", group="A", provisioned_at=NOON)
    change = TokenProvisioned(token="04A2B3", group="B", provisioned_at=NOON)
    there = {topic.name: {} for topic in built.references} | {route(now).topic: {"04A2B3": now}}
    proposal = ChangeProposed(
        id="p1",
        key=deciding_key(change),
        change=change,
        based_on=revision_of(None),
        proposed_at=NOON + dt.timedelta(minutes=1),
    )

    _, outputs = built.step(built.initial(proposal.key), proposal, references=there)

    (settled,) = outputs
    assert isinstance(settled, ChangeSettled)
    assert settled.refusal is not None


def test_every_batch_that_decides_is_saved() -> None:
    assert service(Settings()).saves_each_batch
