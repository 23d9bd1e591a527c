"""A world with a vault, and clients of it."""

import datetime as dt

from httpx import AsyncClient

from schemas.base import Record
from schemas.codec import encode
from schemas.identities import IdentityErased, IdentityKept, PeriodKeyKept
from schemas.identityvault import Vault
from services.api.fakes import World
from services.api.identities.keeping import Keeper
from tests.schemas.vaults import KEY, chance
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of

DRIVER = "04CANARY7F"


def with_vault(world: World) -> World:
    """The world with a vault that is read back as it is written, and has its keys of months."""
    keeper = Keeper(Vault(KEY), world.bus, clock=lambda: world.now, random=chance)

    def applied(record: Record) -> None:
        if isinstance(record, IdentityKept | IdentityErased | PeriodKeyKept):
            keeper.heard(record)

    world.bus.applies = applied
    world.identities = keeper
    for record in keeper.vault.new_periods(world.now, chance):
        keeper.heard(record)
    return world


def admin_of(world: World, *, console: bool = False) -> AsyncClient:
    """A client that may see who stands behind pseudonyms."""
    return client_of(app_of(world.ports(), console=console), headers=BEARER)


def said(world: World) -> str:
    """Everything that is on Kafka, in the audit log too, but for the vault."""
    vault = (IdentityKept, IdentityErased, PeriodKeyKept)
    records = [record for record in (*world.bus.published, *world.bus.audited) if not isinstance(record, vault)]
    return b"\n".join(map(encode, records)).decode()


LATER = dt.timedelta(days=70)
