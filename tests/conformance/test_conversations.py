"""Every scripted conversation, against one running product. They are played side by side, each with a station of its own."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
import pytest_asyncio

from tests.conformance.conversations.contracts import mobility_operator, provision
from tests.conformance.conversations.runner import Run
from tests.conformance.conversations.script import SPOKEN, Case, cases
from tests.conformance.conversations.station import Unexpected
from tests.conformance.conversations.vehicles import v2g
from tests.integration.product import Product, running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.embedded,
]

SETTINGS = {"VOLTBUS_TOKENS_UNKNOWN": "reject", "VOLTBUS_COST_UPDATE_S": "1"}
AT_ONCE = 16

PLAYED = [(version, case) for case in cases() for version in SPOKEN[case.folder]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product(embedded_bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Product]:
    """The product's processes, for all conversations."""
    folder = tmp_path_factory.mktemp("conversations")
    async with v2g(folder) as vehicles, mobility_operator(folder) as names:
        settings = {**SETTINGS, **vehicles.settings}
        async with running(bus="embedded", bootstrap=embedded_bootstrap, folder=folder, settings=settings) as product:
            product.names = {**vehicles.names, **names}
            async with product.api() as api:
                await provision(api, names)
            yield product


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outcomes(product: Product, request: pytest.FixtureRequest) -> Mapping[tuple[str, str], str]:
    """What went wrong in each case that is tested in this run, by version and id; empty where nothing did."""
    tested = [
        (item.callspec.params["version"], item.callspec.params["case"])
        for item in request.session.items
        if item.path == Path(__file__) and hasattr(item, "callspec")
    ]
    room = asyncio.Semaphore(AT_ONCE)

    async def played(version: str, case: Case) -> str:
        async with room, product.api() as api:
            try:
                await Run(case, version, product, api).play()
            except Unexpected as unexpected:
                return f"{case.folder}/{case.file.name}: {unexpected}"
        return ""

    found = await asyncio.gather(*(played(*each) for each in tested))
    return {(version, case.id): why for (version, case), why in zip(tested, found, strict=True)}


@pytest.mark.parametrize(("version", "case"), PLAYED, ids=[f"{version}-{case.id}" for version, case in PLAYED])
async def test_the_conversation_goes_as_its_test_case_says(
    outcomes: Mapping[tuple[str, str], str], version: str, case: Case
) -> None:
    wrong = outcomes[version, case.id]

    if wrong:
        pytest.fail(wrong, pytrace=False)
