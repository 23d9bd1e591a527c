"""What a vendor's message is answered: by its rule, composed of a template, never by a guess."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from schemas.vendoranswers import (
    LARGEST_ANSWER_BYTES,
    UNKNOWN_MESSAGE,
    UNKNOWN_VENDOR,
    BadTemplate,
    Transfer,
    answer_of,
    check_template,
    composed,
)
from schemas.vendors import ANY_MESSAGE, VendorMessage, VendorProvisioned, vendor_key

NOON = dt.datetime(2026, 6, 1, 14, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def transfer(data: Any = None, **members: Any) -> Transfer:
    made = {"station": "CP-1", "vendor_id": "com.example", "message_id": "CarId", "at": NOON}
    return Transfer(data=data if isinstance(data, Raw) else Raw(msgspec.json.encode(data)), **(made | members))


def vendors(*messages: VendorMessage) -> dict[str, VendorProvisioned]:
    key = vendor_key("COM.Example")
    return {key: VendorProvisioned(vendor=key, vendor_id="COM.Example", messages=messages, provisioned_at=NOON)}


def filled(template: Any, given_: Transfer) -> Any:
    return msgspec.json.decode(composed(Raw(msgspec.json.encode(template)), given_))


def test_a_vendor_that_nobody_provisioned_is_unknown() -> None:
    assert answer_of({}, transfer()) == UNKNOWN_VENDOR
    assert answer_of(vendors(), transfer(vendor_id="com.other")) == UNKNOWN_VENDOR


def test_a_message_without_a_rule_is_unknown() -> None:
    assert answer_of(vendors(VendorMessage(message_id="Other")), transfer()) == UNKNOWN_MESSAGE
    assert answer_of(vendors(VendorMessage(message_id="CarId")), transfer(message_id="")) == UNKNOWN_MESSAGE


def test_ids_are_compared_without_case_and_a_rule_of_its_own_comes_before_that_of_all() -> None:
    known = vendors(
        VendorMessage(message_id=ANY_MESSAGE, status="Rejected"),
        VendorMessage(message_id="carID"),
        VendorMessage(message_id="", data=Raw(b"1")),
    )

    assert answer_of(known, transfer(vendor_id="com.EXAMPLE")).status == "Accepted"
    assert answer_of(known, transfer(message_id="Else")).status == "Rejected"
    assert bytes(answer_of(known, transfer(message_id="")).data) == b"1"


@pytest.mark.parametrize(
    ("template", "data", "is_"),
    [
        (None, {"a": 1}, None),
        ("fixed", None, "fixed"),
        ({"for": "${station}", "m": "${message_id} of ${vendor_id}"}, None, {"for": "CP-1", "m": "CarId of com.example"}),
        ("${now}", None, "2026-06-01T12:00:00Z"),
        ("${data}", {"a": [1, None]}, {"a": [1, None]}),
        (["${data.a.b}", "${data.l.1}"], {"a": {"b": 1.5}, "l": [0, "x"]}, [1.5, "x"]),
        ("${data.vin}", '{"vin": "W1"}', "W1"),
        ("${data}", "text", "text"),
        ("v: ${data.a}, ${data.b}!", {"a": "x", "b": {"c": True}}, 'v: x, {"c":true}!'),
        ("${data.none}", {"a": 1}, None),
        ("[${data.none}]", {"a": 1}, "[]"),
        ("${data.l.7} ${data.l.x} ${data.l.-1}", {"l": [1]}, "  "),
        ("$$ ${station} $${station}", None, "$ CP-1 ${station}"),
        ("5 $ a ${", None, "5 $ a ${"),
        ({"${station}": 1}, None, {"${station}": 1}),
    ],
)  # fmt: skip
def test_a_template_is_filled(template: Any, data: Any, is_: Any) -> None:
    assert filled(template, transfer(data)) == is_


def test_digits_stay_as_the_station_wrote_them() -> None:
    given_ = transfer(Raw(b'{"wh": 1.500000000000000000000001, "n": {"x": 1.10}}'))

    assert bytes(composed(Raw(b'{"w":"${data.wh}"}'), given_)) == b'{"w":1.500000000000000000000001}'
    assert bytes(composed(Raw(b'"${data.n}"'), given_)) == b'{"x":1.10}'


def test_data_that_is_nested_deeply_is_answered_all_the_same() -> None:
    deep = Raw(b"[" * 5_000 + b"]" * 5_000)

    assert bytes(composed(Raw(b'"${data}"'), transfer(deep))) == bytes(deep)
    assert bytes(composed(Raw(b'"${data.0.0.0}"'), transfer(deep))) == b"null"


def test_an_answer_that_grows_too_large_is_a_rejection_without_data() -> None:
    known = vendors(VendorMessage(message_id=ANY_MESSAGE, data=Raw(b'["${data}","${data}"]')))

    answer = answer_of(known, transfer("x" * LARGEST_ANSWER_BYTES))

    assert (answer.status, bytes(answer.data)) == ("Rejected", b"null")


@pytest.mark.parametrize(
    ("template", "says"),
    [
        (b"{", "not JSON"),
        (b'"${stations}"', "stands for nothing"),
        (b'"${}"', "stands for nothing"),
        (b'{"a":["x ${station.id}"]}', "stands for nothing"),
        (b"[" * 40 + b"]" * 40, "levels"),
        (b'"' + b"x" * 9000 + b'"', "bytes"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_the_reason(template: bytes, says: str) -> None:
    with pytest.raises(BadTemplate, match=says):
        check_template(Raw(template))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
TEXTS = st.sampled_from(
    ["${data}", "${data.a}", "a ${data.a.0} b", "${now}${station}", "$$", "plain", "${data.}", "${message_id}"]
)


@given(st.lists(TEXTS, max_size=4), JSON, st.text(max_size=10))
def test_whatever_a_station_sends_there_is_an_answer_in_json(template: list[str], data: Any, message_id: str) -> None:
    check_template(Raw(msgspec.json.encode(template)))
    known = vendors(VendorMessage(message_id=ANY_MESSAGE, data=Raw(msgspec.json.encode(template))))

    answer = answer_of(known, transfer(data, message_id=message_id))

    assert answer.status == "Accepted"
    assert len(msgspec.json.decode(answer.data)) == len(template)
