"""What nouns declare: the console's sections and a station's tabs follow from it."""

from services.api.noun import ApiNoun, Navigation, Tab, sections, tab_entries
from services.api.nouns import NOUNS
from services.api.web.policy import Policy


def noun(tag: str, *tabs: Tab, navigation: Navigation | None = None) -> ApiNoun:
    return ApiNoun(tag=tag, meaning="", policy=Policy(), routers=(), tabs=tabs, navigation=navigation)


def test_an_icon_is_drawn_under_the_name_of_its_entry() -> None:
    assert Navigation("tokens", "Tokens", "/tokens", icon="M0 0").symbol.startswith('<symbol id="tokens"')


def test_sections_stand_in_their_order_and_entries_in_that_of_the_nouns() -> None:
    log = noun("log", navigation=Navigation("log", "Log", "/log", icon="", section="Data"))
    late = noun("late", navigation=Navigation("late", "Late", "/late", icon="", section="Fleet"))
    fleet = noun("fleet", navigation=Navigation("fleet", "Fleet", "/", icon="", section="Fleet"))

    found = [(name, [entry.name for entry in entries]) for name, entries in sections([log, fleet, noun("none"), late])]

    assert found == [("Fleet", ["fleet", "late"]), ("Data", ["log"])]


def test_tabs_of_a_group_share_the_place_of_its_first() -> None:
    nouns = [
        noun("a", Tab("logs", "Logs", place=70, group="Device"), Tab("events", "Events", place=80)),
        noun("b", Tab("configuration", "Configuration", group="Device"), Tab("", "Now", place=0)),
    ]

    entries = tab_entries(nouns)

    assert [entry.label for entry in entries] == ["Now", "Device", "Events"]
    assert [tab.name for tab in entries[1].tabs] == ["configuration", "logs"]
    assert entries[1].first.name == "configuration"
    assert entries[1].has("logs")
    assert not entries[1].has("events")


def test_no_section_is_longer_than_a_glance() -> None:
    assert max(len(entries) for _, entries in sections(NOUNS)) <= 9, "give the new entry another section"
    assert len(tab_entries(NOUNS)) <= 10, "give the new tab a group"
