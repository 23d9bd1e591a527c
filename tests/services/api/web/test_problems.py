"""Problems: what is wrong is said by its field, and nothing of the inside is shown."""

import msgspec
import pytest

from services.api.web.problems import Problem, field_error, invalid, invalid_fields, not_found


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """A member with members."""

    count: int = 0


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """A body of a request."""

    name: str
    inner: tuple[Inner, ...] = ()
    labels: dict[str, int] = {}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (b"{}", "name"),
        (b'{"name":1}', "name"),
        (b'{"name":"a","colour":1}', "colour"),
        (b'{"name":"a","inner":[{"count":"x"}]}', "inner[0].count"),
        (b'{"name":"a","inner":[{},{"size":1}]}', "inner[1].size"),
        (b'{"name":"a","labels":{"x":"y"}}', "labels[...]"),
        (b"[]", "body"),
    ],
)
def test_a_fault_is_named_by_the_path_of_its_member(sent: bytes, field: str) -> None:
    with pytest.raises(msgspec.ValidationError) as fault:
        msgspec.json.decode(sent, type=Body)

    error = field_error(str(fault.value))

    assert error.field == field
    assert "$" not in error.detail, "the path is in the field"


def test_a_fault_within_a_member_is_named_from_the_top() -> None:
    assert field_error("Expected `int`, got `str` - at `$.count`", within="arguments").field == "arguments.count"


def test_faults_are_a_sentence_for_people_and_a_list_for_programs() -> None:
    both = invalid_fields([*invalid("a", "too long").errors, *invalid("b", "unknown").errors])

    assert (both.status, both.detail) == (422, "a: too long; b: unknown")
    assert [error.field for error in both.errors] == ["a", "b"]


def test_what_is_not_there_is_a_problem_without_fields() -> None:
    problem = not_found("There is no session 's9'.")

    assert isinstance(problem, Problem)
    assert (problem.status, problem.errors, str(problem)) == (404, [], "There is no session 's9'.")
