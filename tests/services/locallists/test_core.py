"""Local lists: what is sent, in which order, and when nothing is sent any more (D01, D02; 1.6, 5.10 and 5.15)."""

import pytest

from schemas.locallists import GetLocalListLimits, GetLocalListVersion, LocalListRemoved, SendLocalList
from tests.services.locallists.stations import STATION, Managed, Wallbox, ordered, rule, station, token
from tests.services.moments import at

A, B, C, D = (token(name) for name in ("A", "B", "C", "D"))


def managed(*tokens, wallbox=None, **changes):
    """A station whose list is in step, with what it heard until then forgotten."""
    there = Managed(wallbox or Wallbox(), *tokens)
    there.reads(rule(**changes), station())
    there.passes(60)
    there.wallbox.heard.clear()
    return there


def lists(there):
    return [command for command in there.wallbox.heard if isinstance(command, SendLocalList)]


def names(command):
    return [("-" if entry.remove else "") + entry.token for entry in command.entries]


def test_nothing_is_sent_to_a_station_whose_list_nobody_manages() -> None:
    there = Managed(Wallbox(), A)
    there.reads(station())
    there.passes(3600)

    assert there.wallbox.heard == []
    assert there.said == []


def test_limits_and_version_are_asked_for_first_then_the_list_is_sent_in_messages_and_verified() -> None:
    there = Managed(Wallbox(items=2), A, B, C)
    there.reads(rule(), station())
    there.passes(60)

    assert [type(command) for command in there.wallbox.heard] == [
        *(GetLocalListLimits, GetLocalListVersion, SendLocalList, SendLocalList, GetLocalListVersion)
    ]
    assert [(each.update, each.version, names(each)) for each in lists(there)] == [
        ("Full", 1, ["A", "B"]),
        ("Differential", 2, ["C"]),
    ]
    assert (there.last.status, there.last.version, there.last.station_version) == ("in-step", 2, 2)
    assert (there.last.entries, there.last.known, there.last.left_out) == (3, 3, 0)


def test_a_station_that_comes_to_another_tenant_gets_the_tokens_of_that_one() -> None:
    there = Managed(Wallbox(), A, token("OURS", tenant="acme"), token("THEIRS", tenant="umbrella"))
    there.reads(rule(), station(tenant="umbrella"))
    there.passes(60)
    before = set(there.wallbox.list)
    there.reads(station(seconds=there.now + 1, tenant="acme"))
    there.passes(60)

    assert before == {"A", "THEIRS"}
    assert set(there.wallbox.list) == {"A", "OURS"}
    assert there.last.status == "in-step"


def test_versions_go_on_from_the_one_that_the_station_has() -> None:
    wallbox = Wallbox()
    wallbox.version = 40
    there = managed(A, wallbox=wallbox)

    assert (there.last.status, there.wallbox.version) == ("in-step", 41)


def test_only_what_changed_is_sent_and_what_goes_goes_first() -> None:
    there = managed(A, B, C, wallbox=Wallbox(items=10))
    there.provisions(token("C", status="Blocked"), D)
    del there.tokens["A"]
    there.passes(60)

    (sent,) = lists(there)
    assert (sent.update, names(sent)) == ("Differential", ["-A", "C", "D"])
    assert there.wallbox.list["C"].status == "Blocked"
    assert there.last.status == "in-step"


def test_a_full_list_is_sent_where_it_is_smaller_than_the_changes() -> None:
    there = managed(A, B, C, wallbox=Wallbox(items=10))
    for gone in "BC":
        del there.tokens[gone]
    there.passes(60)

    assert [(each.update, names(each)) for each in lists(there)] == [("Full", ["A"])]


def test_a_person_who_was_erased_leaves_the_list_with_a_whole_one_for_nobody_can_name_him() -> None:
    gone = "PN-AAAAAAAAAAAAAAAAA"
    there = managed(A, B, C, token(gone), wallbox=Wallbox(items=10))
    del there.tokens[gone]
    there.passes(3, answering=False)
    refused = there.settles("rejected", arrives=False, detail=f"nobody is known by {gone}: erased")
    there.passes(600)

    assert refused.sent is False
    assert [(each.update, names(each)) for each in lists(there)][-1] == ("Full", ["A", "B", "C"])
    assert set(there.wallbox.list) == {"A", "B", "C"}
    assert there.last.status == "in-step"


def test_an_empty_list_is_a_full_one_without_tokens() -> None:
    there = managed(A, tokens="empty")

    assert (there.last.status, there.last.entries, there.wallbox.list, there.wallbox.version) == ("in-step", 0, {}, 1)


def test_groups_and_labels_choose_tokens() -> None:
    vans, label, other = token("VAN", group="VANS"), token("POOL", label="Pool 1"), token("OTHER", group="CARS")
    there = managed(vans, label, other, tokens="chosen", groups=("VANS",), labels=("Pool 1",))

    assert set(there.wallbox.list) == {"VAN", "POOL"}


def test_tokens_for_which_a_station_has_no_room_are_left_out_and_counted() -> None:
    there = managed(A, B, C, token("X" * 21), wallbox=Wallbox(most=2))

    assert set(there.wallbox.list) == {"A", "B"}
    assert (there.last.status, there.last.entries, there.last.left_out) == ("in-step", 2, 2)


@pytest.mark.parametrize("word", ["VersionMismatch", "Failed"])
def test_a_refused_change_is_followed_by_the_full_list(word: str) -> None:
    there = managed(A, B)
    there.wallbox.refuses = word
    there.provisions(C)
    there.passes(10)
    there.wallbox.refuses = ""
    assert (there.last.status, word in there.last.why) == ("out-of-step", True)

    there.passes(120)

    assert [each.update for each in lists(there)] == ["Differential", "Full", "Differential"]
    assert (there.last.status, set(there.wallbox.list)) == ("in-step", {"A", "B", "C"})


def test_a_station_that_refuses_every_list_is_left_alone_until_somebody_asks_or_it_boots() -> None:
    wallbox = Wallbox()
    wallbox.refuses = "Failed"
    there = managed(A, wallbox=wallbox)
    there.passes(86_400)
    assert (there.last.status, len(lists(there)) <= 3) == ("refused", True)
    there.wallbox.refuses = ""
    there.wallbox.heard.clear()
    there.passes(86_400)
    assert there.wallbox.heard == []

    there.reads(ordered(there.now))
    there.passes(60)

    assert there.last.status == "in-step"


@pytest.mark.parametrize("how", ["version", "list"])
def test_a_station_without_lists_is_asked_once_and_left_alone_until_somebody_asks(how: str) -> None:
    wallbox = Wallbox()
    if how == "version":
        wallbox.version = -1  # 1.6, 5.10
    else:
        wallbox.refuses = "NotSupported"
    there = managed(A, wallbox=wallbox)
    assert there.last.status == "unsupported"
    there.provisions(B)
    there.reads(station(seconds=there.now, booted=there.now))
    there.passes(86_400)
    assert there.wallbox.heard == []

    there.wallbox.version, there.wallbox.refuses = 0, ""
    there.reads(ordered(there.now))
    there.passes(60)

    assert there.last.status == "in-step"


def test_a_station_that_lost_its_list_at_a_boot_gets_it_again() -> None:
    there = managed(A, B)
    there.wallbox.list, there.wallbox.version = {}, 0
    there.reads(station(seconds=there.now, booted=there.now))
    there.passes(300)

    assert (there.last.status, set(there.wallbox.list)) == ("in-step", {"A", "B"})


def test_after_a_boot_the_version_is_asked_for_and_nothing_is_sent_where_it_is_right() -> None:
    there = managed(A, B)
    there.reads(station(seconds=there.now, booted=there.now))
    there.passes(60)

    assert lists(there) == []
    assert GetLocalListVersion() in there.wallbox.heard
    assert there.last.status == "in-step"


def test_nothing_is_sent_while_the_station_is_away_and_the_list_when_it_is_back() -> None:
    there = managed(A)
    there.reads(station(seconds=there.now, connected=False))
    there.provisions(B)
    there.passes(3600)
    assert there.wallbox.heard == []

    there.reads(station(seconds=there.now))
    there.passes(60)

    assert set(there.wallbox.list) == {"A", "B"}


@pytest.mark.parametrize("arrives", [True, False])
def test_where_no_answer_came_the_version_tells_whether_the_list_arrived(arrives: bool) -> None:
    there = managed(A)
    there.provisions(B)
    there.passes(1, answering=False)
    there.settles("timed_out", arrives=arrives, sent=True)
    there.passes(300)

    assert [each.update for each in lists(there)] == ["Differential"]
    assert (there.last.status, set(there.wallbox.list)) == ("in-step", {"A", "B"})


def test_a_command_without_any_outcome_is_given_up_and_the_list_comes_into_step() -> None:
    there = managed(A)
    there.provisions(B)
    there.passes(1, answering=False)
    there.waiting.clear()
    there.passes(3600)

    assert (there.last.status, set(there.wallbox.list)) == ("in-step", {"A", "B"})


def test_a_list_that_somebody_else_sent_is_replaced() -> None:
    there = managed(A, B)
    there.wallbox.answers(SendLocalList(version=3, update="Full"))
    outcome = there.outcomes[-1]
    foreign = type(outcome)(
        id="f", command_id="foreign", station=STATION, command="SendLocalList", outcome="accepted", settled_at=at(100)
    )
    there.reads(foreign)
    there.passes(120)
    assert set(there.wallbox.list) == {"A", "B"}
    there.wallbox.heard.clear()

    there.reads(foreign, *there.outcomes)
    there.passes(3600)

    assert there.wallbox.heard == []


def test_a_list_that_is_managed_no_longer_stays_as_it_is() -> None:
    there = managed(A)
    there.reads(LocalListRemoved(station=STATION, removed_at=at(there.now)))
    there.provisions(B)
    there.passes(3600)

    assert there.wallbox.heard == []
    assert (there.last.status, there.last.rule) == ("unmanaged", None)


def test_a_station_that_does_not_tell_its_limits_gets_its_list_within_ours() -> None:
    there = Managed(Wallbox(items=50), A)
    there.reads(rule(), station())
    there.passes(1, answering=False)
    there.settles("timed_out", arrives=True)
    there.passes(60)

    assert [type(command) for command in there.wallbox.heard].count(GetLocalListLimits) == 1
    assert there.last.status == "in-step"
