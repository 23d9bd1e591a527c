"""What deletes and lists certificates: the station's own name for them, and one use at a time in 1.6."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.certificates import DeleteCertificate, GetInstalledCertificates
from schemas.commands import CommandRequested
from schemas.x509 import read_pem
from services.api.fakes import World
from tests.roots import a_root
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.certificates.test_routes import BODY, HOME, hold

ONE = "/api/v1/certificates/cert1"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def commands(world: World) -> list[object]:
    return [record.command for record in world.bus.published if isinstance(record, CommandRequested)]


@pytest.mark.usecase("M04.FR.07")
async def test_a_certificate_is_deleted_by_the_name_that_its_station_lists(client: AsyncClient, world: World) -> None:
    hold(world, name={"hash_algorithm": "SHA512"})
    world.bus.settles = an_outcome(sent=True)

    told = (await client.delete(ONE)).json()

    (command,) = commands(world)
    assert command == DeleteCertificate(
        hash_algorithm="SHA512", issuer_name_hash="aa", issuer_key_hash="bb", serial_number="1f"
    )
    assert (told["certificate"]["status"], told["command"]["outcome"]) == ("deleted", "accepted")


async def test_a_certificate_that_the_station_keeps_stays(client: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(outcome="rejected", detail="Failed", sent=True)

    told = (await client.delete(ONE)).json()

    assert (told["certificate"]["status"], told["command"]["detail"]) == ("installed", "Failed")


@pytest.mark.parametrize(
    ("change", "word"), [({"status": "deleted"}, "it is deleted"), ({"verified_at": None}, "list its certificates")]
)
async def test_one_that_is_gone_or_has_no_name_yet_cannot_be_deleted(
    client: AsyncClient, world: World, change: dict[str, object], word: str
) -> None:
    hold(world, **change)

    answer = await client.delete(ONE)

    assert answer.status_code == 409
    assert word in answer.json()["detail"]
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("version", "uses"),
    [("1.6", [("CSMSRootCertificate",), ("ManufacturerRootCertificate",)]), ("2.0.1", [()]), ("2.1", [()])],
)
async def test_all_uses_are_listed(
    client: AsyncClient, world: World, version: str, uses: list[tuple[str, ...]]
) -> None:
    world.bus.hold(a_state(version=version))  # type: ignore[arg-type]
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(f"{HOME}/read")

    assert commands(world) == [GetInstalledCertificates(certificate_type=each) for each in uses]  # type: ignore[arg-type]
    assert [one["station"] for one in answer.json()] == [STATION] * len(uses)


@pytest.mark.parametrize(
    ("outcome", "sent", "status"),
    [
        ("accepted", True, "installed"),
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("timed_out", True, "unconfirmed"),
    ],
)
async def test_the_answer_is_not_older_than_the_outcome(
    client: AsyncClient, world: World, outcome: Any, sent: bool, status: str
) -> None:
    hold(world, fingerprint=read_pem(a_root()).fingerprint, status="requested", verified_at=None)
    world.bus.settles = an_outcome(outcome=outcome, sent=sent)

    assert (await client.post(HOME, json=BODY)).json()["certificate"]["status"] == status
