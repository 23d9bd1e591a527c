"""The steps of the demo: each has a name of its own, and looks before it reserves, limits or installs."""

import datetime as dt
from typing import Any

import pytest

from deploy.local.demo.operator import NotYet, Refused
from deploy.local.demo.stations import FLEET
from deploy.local.demo.steps import steps
from services.webhooks.signing import key_of


class Api:
    """An operator who is told `answers` by the beginning of the path, and notes what is asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Any]] = []

    async def get(self, path: str) -> Any:
        found = next((said for name, said in self.answers.items() if name.replace("_", "-") in path), None)
        if isinstance(found, Exception):
            raise found
        return found

    async def ask(self, path: str, body: Any) -> None:
        self.asked.append((path, body))

    post = put_new = ask


def step(name: str) -> Any:
    return next(each for each in steps(FLEET, receiver="http://127.0.0.1:1/") if each.name.startswith(name))


def test_each_step_has_a_name_of_its_own() -> None:
    names = [each.name for each in steps(FLEET, receiver="", root="PEM")]

    assert len(names) == len(set(names))


async def test_the_first_free_evse_is_reserved_and_none_while_all_are_taken() -> None:
    taken, free = {"evse": 1, "status": "Occupied"}, {"evse": 2, "status": "Available"}
    api = Api(
        NL_AMS_0001={"connectors": [taken]},
        DE_BER_0001=Refused("unknown", 404),
        AT_VIE_0002={"connectors": [taken, free]},
    )
    await step("reservation for 0:01").do(api, "NL-AMS-0001")

    ((path, body),) = api.asked
    assert (path, body["evse"]) == ("/stations/AT-VIE-0002/reservations", 2)
    left = dt.datetime.fromisoformat(body["expires_at"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(seconds=60) < left <= dt.timedelta(seconds=75)
    with pytest.raises(NotYet):
        await step("reservation for 0:01").do(Api(stations={"connectors": [taken]}), "NL-AMS-0001")


async def test_a_session_is_limited_once_there_is_one() -> None:
    with pytest.raises(NotYet):
        await step("session limit").do(Api(sessions={"items": []}), "AT-VIE-0001")

    api = Api(sessions={"items": [{"session": "s1"}]})
    await step("session limit").do(api, "AT-VIE-0001")
    assert api.asked[0][0] == "/sessions/s1/limit"


async def test_the_root_is_the_last_certificate_of_the_chain() -> None:
    pem = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
    api = Api(certificate_authorities=[{"chain": pem.format("ISSUER") + pem.format("ROOT")}])
    await step("root certificate").do(api, "FR-PAR-0001")

    assert api.asked == [
        ("/stations/FR-PAR-0001/certificates", {"use": "CSMSRootCertificate", "certificate": pem.format("ROOT")})
    ]


async def test_the_webhook_has_a_secret_that_nobody_knows_and_the_address_of_the_receiver() -> None:
    api = Api()
    await step("webhook").do(api, "")

    ((path, body),) = api.asked
    assert (path, body["url"]) == ("/webhooks/demo-receiver", "http://127.0.0.1:1/")
    assert len(key_of(body["secret"])) == 24
