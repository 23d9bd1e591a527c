"""Publishing: an operation as a whole, and no secret in it."""

from msgspec.structs import replace

from schemas.securityoperations import MoveStation, SecurityOperationChanged, UpgradeProfile
from schemas.states.securityoperations import QueuedOperation
from services.securityoperations.publishing import publish_waiting
from tests.services.moments import at
from tests.services.securityoperations.stations import KEYS, NETWORK, ordered


def published(operation: UpgradeProfile | MoveStation) -> SecurityOperationChanged:
    queued = QueuedOperation(order=ordered(operation), revision=3)
    return publish_waiting(queued, "waiting", "", at=at(5))[1]


def test_an_operation_says_what_is_wanted() -> None:
    record = published(UpgradeProfile(security_profile=2, network=NETWORK))

    assert (record.kind, record.security_profile, record.slot, record.url) == ("upgrade-profile", 2, 2, NETWORK.url)
    assert (record.revision, record.ended_at) == (4, None)
    assert published(UpgradeProfile(security_profile=3)).slot is None


def test_an_address_with_a_password_is_masked() -> None:
    sealed = KEYS.seal.seal("wss://user:password@csms.example.com")

    assert published(MoveStation(network=replace(NETWORK, url=sealed))).url == "***"
    assert published(MoveStation(network=replace(NETWORK, url="wss://u:secret-0@csms"))).url == "wss://u:***@csms"
