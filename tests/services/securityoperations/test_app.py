"""The wiring of `securityoperations`: batches are held whole, commands leave after the state, and a broken key stops the process."""

import base64

import pytest

from schemas.commands import CommandRequested
from schemas.hosting import HostState
from schemas.securityoperations import SECURITY_BATCHES
from schemas.settings import BadSetting
from services.nouns import WORKER_OF, ServicesSettings, build, service_of
from tests.services.securityoperations.stations import KEY, STATION, There, ordered

WORKER = service_of(WORKER_OF["securityoperations"], ServicesSettings())
(PART,) = (part for part in WORKER.parts if part.name == "securityoperations")


def test_batches_are_held_whole_and_commands_leave_after_the_state() -> None:
    assert SECURITY_BATCHES in WORKER.references
    assert SECURITY_BATCHES in PART.due_by
    assert CommandRequested in PART.acts


def test_without_a_key_no_password_is_made() -> None:
    service = build("securityoperations", ServicesSettings())
    there = There()
    there.connects()
    state, _ = service.step(there.state, ordered(), references=there.references)
    moment = service.due(state, references=there.references)

    assert moment is not None
    keyed = build("securityoperations", ServicesSettings(secrets_key=base64.b64encode(KEY).decode()))
    assert keyed.due(state, references=there.references) == moment


def test_a_key_that_cannot_be_used_is_refused_at_the_start() -> None:
    with pytest.raises(BadSetting, match="secrets_key"):
        build("securityoperations", ServicesSettings(secrets_key="short"))


def test_a_station_is_known_in_the_worker_that_is_shared() -> None:
    references = {topic.name: {} for topic in WORKER.references}
    state, _ = PART.step(HostState(key=STATION), ordered(), references=references)

    assert PART.due(state, references=references) == ordered().expires_at


def test_batches_have_a_worker_of_their_own() -> None:
    assert WORKER_OF["securitybatches"] == "securitybatches"
    assert build("securitybatches", ServicesSettings()).name == "securitybatches"
