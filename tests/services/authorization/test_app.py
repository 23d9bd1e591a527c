"""The wiring of `authorization`: reference data is read first, and the settings are the policy."""

from typing import Any

import pytest

from schemas.authorization import REF_TOKENS, AuthorizationDecided
from services.authorization.app import service
from services.authorization.settings import AuthorizationSettings
from tests.services.authorization.records import TOKEN, asked


@pytest.mark.parametrize(("unknown", "status"), [("accept", "Accepted"), ("reject", "Unknown")])
def test_a_token_that_nobody_provisioned_is_decided_by_the_setting(unknown: Any, status: str) -> None:
    built = service(AuthorizationSettings(tokens_unknown=unknown))
    nothing = {topic.name: {} for topic in built.references}

    _, outputs = built.step(built.initial(TOKEN), asked(), references=nothing)

    assert [each.status for each in outputs if isinstance(each, AuthorizationDecided)] == [status]


def test_what_was_provisioned_before_a_request_is_read_before_it() -> None:
    assert REF_TOKENS in service(AuthorizationSettings()).inputs_first
