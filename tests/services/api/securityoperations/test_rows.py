"""Rows: operations and batches as the API gives them."""

from services.api.securityoperations.rows import batch_of, operation_of
from tests.services.api.securityoperations.worlds import a_batch, an_operation


def test_an_operation_is_given_as_it_was_published() -> None:
    row = operation_of(an_operation(why="because"))
    (step,) = row.steps

    assert (row.status, row.why, row.batch) == ("done", "because", "")
    assert (step.step, step.status, step.command_id) == ("password", "done", "c1")


def test_a_batch_counts_what_has_ended_in_its_waves() -> None:
    row = batch_of(a_batch())

    assert (row.stations, row.ended, row.counts) == (3, 1, {"rejected": 1})
    assert [(wave.stations, wave.ended, wave.failed) for wave in row.waves] == [(1, 1, 1), (2, 0, 0)]
