"""Publishing: each change of a run is a revision of its own, with an id that follows from it."""

from tests.services.boottemplates.stations import Fleet, setting, template
from tests.services.moments import at


def test_each_change_of_a_run_has_its_own_revision_and_id() -> None:
    there = Fleet(template("t", setting("A"), setting("B"), title="Defaults", revision=4))
    there.boots()
    there.passes(600)

    assert [each.revision for each in there.runs] == [1, 2, 3]
    assert [each.status for each in there.runs] == ["running", "running", "done"]
    assert len({each.id for each in there.runs}) == 3
    assert {(each.run, each.title, each.template_revision, each.cause) for each in there.runs} == {
        (there.last.run, "Defaults", 4, "boot")
    }
    assert [each.ended_at is None for each in there.runs] == [True, True, False]
    assert (there.last.booted_at, there.last.requested_at) == (at(0), at(0))
