"""Posting: tokens into forms, forms and their frames away from whoever may not send them."""

import pytest

from services.api.console.posting import Posting, UnknownAction
from services.api.nouns import NOUNS
from services.api.web.policy import BUILT_IN, Principal
from services.api.web.principals import OPERATOR_KEY

VIEWER = Principal(name="eve", kind="user", permissions=BUILT_IN[0].permissions)
POSTING = Posting(NOUNS)
BLOCK = '<form method="post" action="/tokens/status"><button>Block</button></form>'


def test_a_form_gets_the_token_as_its_first_field() -> None:
    assert POSTING.finished(BLOCK, OPERATOR_KEY, "abc") == (
        '<form method="post" action="/tokens/status"><input type="hidden" name="form_token" value="abc"><button>Block</button></form>'
    )
    assert POSTING.finished(BLOCK, OPERATOR_KEY, "") == BLOCK, "who has a key needs none"


def test_a_form_that_filters_stays_as_it_is() -> None:
    search = '<form method="get" action="/tokens"><button>Search</button></form>'
    assert POSTING.finished(search, VIEWER, "abc") == search


@pytest.mark.parametrize(
    ("page", "left"),
    [
        (f"<td>{BLOCK}</td>", "<td></td>"),
        (f'<details class="card" id="x"><summary><h2>Block</h2></summary><p>Hint.</p>{BLOCK}</details>', ""),
        (f"<details><summary>More</summary><details><summary>A</summary>{BLOCK}</details></details>", ""),
        (
            f'<section class="card"><h2>T</h2>{BLOCK}<table></table></section>',
            '<section class="card"><h2>T</h2><table></table></section>',
        ),
    ],
    ids=("in a cell", "alone in a card", "in foldings", "beside a table"),
)
def test_what_was_there_for_a_withheld_form_alone_goes_with_it(page: str, left: str) -> None:
    assert POSTING.finished(page, VIEWER, "abc") == left
    assert POSTING.finished(page, None, "") == left


def test_logging_out_is_everybodys() -> None:
    form = '<form method="post" action="/logout"><button>Log out</button></form>'
    assert 'value="abc"' in POSTING.finished(form, VIEWER, "abc")


def test_a_form_to_nowhere_is_an_error_of_the_page() -> None:
    with pytest.raises(UnknownAction, match="/nowhere"):
        POSTING.finished('<form method="post" action="/nowhere"></form>', OPERATOR_KEY, "")
