"""JSON Schemas are compiled to types; rules that are not known are refused."""

import msgspec
import pytest

from schemas.wire.compiler import Compiler, Uncompilable


def test_required_members_and_lengths_are_checked_and_absent_ones_are_none() -> None:
    schema = {
        "type": "object",
        "properties": {"idTag": {"type": "string", "maxLength": 3}, "evse": {"type": "integer"}},
        "required": ["idTag"],
        "additionalProperties": False,
    }
    decoder = msgspec.json.Decoder(Compiler(schema, "Message").compile())

    assert decoder.decode(b'{"idTag":"abc"}').evse is None
    for wrong in (b"{}", b'{"idTag":"abcd"}', b'{"idTag":"a","x":1}', b'{"idTag":"a","evse":null}'):
        with pytest.raises(msgspec.ValidationError):
            decoder.decode(wrong)


@pytest.mark.parametrize("schema", [{"type": "string", "pattern": "a"}, {"type": "null"}])
def test_a_rule_that_is_not_supported_is_refused(schema: dict[str, str]) -> None:
    with pytest.raises(Uncompilable):
        Compiler(schema, "Message").compile()
