"""The world of these tests has a key for secrets."""

import pytest

from services.api.fakes import World
from tests.services.api.webhooks.given import world_with_key


@pytest.fixture
def world() -> World:
    return world_with_key()
