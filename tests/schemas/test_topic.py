"""What a topic says of itself."""

from schemas.authorization import AUTHORIZATIONS, REF_TOKENS
from schemas.topics import GATEWAY


def test_a_topic_without_retention_is_compacted() -> None:
    assert REF_TOKENS.compacted
    assert not AUTHORIZATIONS.compacted


def test_a_name_in_angle_brackets_is_a_family() -> None:
    assert GATEWAY.is_family
    assert not REF_TOKENS.is_family
