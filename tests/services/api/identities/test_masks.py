"""Requests lose identities whatever their type, and answers get them back in whatever parts they come."""

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.identities.masks import Revealing, escape_for, hide_body, hide_path, hide_query, kind_of
from tests.schemas.vaults import Opened


def hide(value: str, kind: str) -> str:
    return f"<{kind[0]}:{value}>"


MULTIPART = (
    '--b\r\nContent-Disposition: form-data; name="check"\r\n\r\n1\r\n'
    '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\ntoken,label\r\n04A2,Van\r\n\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("content_type", "body", "masked"),
    [
        ("application/json", '{"token":"A","label":"A","cost":1.50}', '{"token":"<t:A>","label":"A","cost":1.50}'),
        ("application/json; charset=utf-8", '[{"arguments":{"token":"A"}}]', '[{"arguments":{"token":"<t:A>"}}]'),
        ("application/json", '{"payload":{"idTag":"A"}}', '{"payload":{"idTag":"<t:A>"}}'),
        ("application/json", '{"customer_identifier":"A"}', '{"customer_identifier":"<c:A>"}'),
        ("application/json", '{"token":"A","token_type":"DirectPayment"}',) * 1 + ('{"token":"A","token_type":"DirectPayment"}',),
        ("application/json", '{"group":"fleet","groups":["fleet"]}',) * 1 + ('{"group":"fleet","groups":["fleet"]}',),
        ("application/json", '{"token":', '{"token":'),
        ("application/x-ndjson", '{"token":"A"}\n\n{"token":"B"}\n', '{"token":"<t:A>"}\n\n{"token":"<t:B>"}\n'),
        ("text/csv", "label;token\nVan;A\n", "label;token\r\nVan;<t:A>\r\n"),
        ("text/csv", "label\nA\n", "label\nA\n"),
        ("application/x-www-form-urlencoded", "token=A&label=A&empty=", "token=%3Ct%3AA%3E&label=A&empty="),
        ("application/x-www-form-urlencoded", "entries_0_token=A", "entries_0_token=%3Ct%3AA%3E"),
        ("application/x-www-form-urlencoded", "token=A&token_type=DirectPayment", "token=A&token_type=DirectPayment"),
        ("application/x-www-form-urlencoded", "kind=token&name=A", "kind=token&name=%3Ct%3AA%3E"),
        ("application/x-www-form-urlencoded", "kind=site&name=A", "kind=site&name=A"),
        ("application/x-www-form-urlencoded", "target=token:A", "target=token%3A%3Ct%3AA%3E"),
        ("text/plain", "token=A", "token=A"),
        ("multipart/form-data; boundary=b", MULTIPART, MULTIPART.replace("04A2,", "<t:04A2>,")),
    ],
)  # fmt: skip
def test_a_body_is_masked_by_its_type(content_type: str, body: str, masked: str) -> None:
    assert hide_body(body.encode(), content_type, hide).decode() == masked


def test_a_payload_in_a_form_is_masked_as_json() -> None:
    masked = hide_body(b"payload=%7B%22idTag%22%3A%22A%22%7D", "application/x-www-form-urlencoded", hide)

    assert b"%3Ct%3AA%3E" in masked


def test_paths_lose_tokens_and_keep_stations() -> None:
    known = {"Max": "PN-X"}.get
    assert hide_path("/api/v1/tokens/A", {"token": "A"}, hide, known) == ("/api/v1/tokens/<t:A>", {"token": "<t:A>"})
    assert hide_path("/stations/A", {"station": "A"}, hide, known) == ("/stations/A", {"station": "A"})
    target = {"kind": "token", "name": "/A"}
    assert hide_path("/x/token/A", target, hide, known) == ("/x/token/<t:A>", {"kind": "token", "name": "/<t:A>"})
    assert hide_path("/x/site/A", {"kind": "site", "name": "/A"}, hide, known)[1]["name"] == "/A"


def test_a_person_is_named_by_token_or_as_a_customer() -> None:
    known = {"Max": "PN-X"}.get

    assert hide_path("/x/Max/export", {"identity": "Max"}, hide, known) == ("/x/PN-X/export", {"identity": "PN-X"})
    assert hide_query(b"identity=Max", hide, known) == b"identity=PN-X"
    assert hide_query(b"identity=A", hide, known) == b"identity=%3Ct%3AA%3E"


def test_queries_lose_tokens_and_words_that_are_persons() -> None:
    known = {"04A2": "PN-X"}.get

    assert hide_query(b"token=A&station=A", hide, known) == b"token=%3Ct%3AA%3E&station=A"
    assert hide_query(b"text=card%2004A2", hide, known) == b"text=card%20PN-X"
    assert hide_query(b"station=A", hide, known) == b"station=A"


def test_what_is_an_identity_follows_from_its_name() -> None:
    kinds = [
        kind_of(name)
        for name in ("token", "id_token", "entries_1_token", "customer_identifier", "token_type", "tokens")
    ]

    assert kinds == ["token", "token", "token", "customer", None, None]


@given(st.data(), st.sampled_from(["application/json", "text/html; charset=utf-8", "text/csv"]))
def test_an_answer_is_revealed_in_whatever_parts_it_comes(data: st.DataObject, content_type: str) -> None:
    driver = 'O"04<&É'
    opened = Opened(driver)
    [pseudonym] = opened.vault.identities_of(driver, "token")
    sealed = opened.vault.seal("Jane Doe", "2026-06")
    text = f'["{pseudonym}","/tokens/{pseudonym}?token={pseudonym}", "PN-", "{sealed}", "pers", "é"]'.encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    escape = escape_for(content_type)
    assert escape is not None
    revealing = Revealing(opened.vault.reveal, opened.vault.open, escape)
    ends = [*cuts, len(text)]
    parts = [text[start:end] for start, end in zip([0, *cuts], ends, strict=True)]

    shown = b"".join(
        revealing.part(part, more=number < len(parts)) for number, part in enumerate(parts, start=1)
    ).decode()

    assert shown == f'["{escape(driver)}","/tokens/{pseudonym}?token={pseudonym}", "PN-", "Jane Doe", "pers", "é"]'
    if content_type == "application/json":
        assert json.loads(shown)[0] == driver
    if content_type.startswith("text/html"):
        assert html.unescape(shown.split('"')[1]) == driver


def test_files_and_pictures_are_left_alone() -> None:
    assert escape_for("application/octet-stream") is None
    assert escape_for("image/png") is None
