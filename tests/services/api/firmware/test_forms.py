"""The forms of campaigns: what is blank keeps the API's default, and what a campaign goes by is said in words."""

import pytest
from msgspec.structs import replace

from schemas.campaigns import CampaignChanged, Limits
from schemas.examples import example
from services.api.firmware.forms import extension, rules, wanted
from services.api.firmware.rows import MAX_WAVES, ExtendCampaign, StartCampaign, WaveSize
from services.api.web.problems import Problem

LEAST = {"name": "Spring", "version": "2.5.0", "location": "https://files.example/fw.bin"}


def test_a_form_of_which_most_is_blank_is_the_apis_defaults() -> None:
    body = wanted(LEAST | {"canary": "", "percent": " ", "attempts": "", "labels": "", "stations": ""})

    plain = StartCampaign(name="Spring", firmware=body.firmware, targets=body.targets)
    assert replace(body, policy=plain.policy, gate=plain.gate) == plain
    assert (body.policy, body.gate) == (plain.policy, plain.gate)


def test_what_is_written_is_what_the_campaign_goes_by() -> None:
    body = wanted(
        LEAST
        | {
            "stations": "A, B\nC\n",
            "labels": "owner = city",
            "canary": "2",
            "percent": "40",
            "success_percent": "95",
            "healthy_min": "10",
            "deadline_h": "48",
            "opens": "22:00",
            "closes": "05:00",
            "max_failures": "0",
            "made_for_models": "M1, M2",
            "made_for_vendor": "Acme",
        }
    )

    assert (body.targets.stations, body.targets.labels) == (("A", "B", "C"), {"owner": "city"})
    assert body.waves == (WaveSize(stations=2), WaveSize(percent=40), WaveSize(percent=40))
    assert (body.gate.success_share, body.limits.max_failures) == (0.95, 0)
    assert (body.policy.healthy_for_s, body.policy.deadline_s) == (600, 48 * 3600)
    assert [(each.start_time, each.end_time) for each in body.windows] == [("22:00", "05:00")]
    assert (body.firmware.vendor, body.firmware.models) == ("Acme", ("M1", "M2"))


def test_waves_of_a_share_are_as_many_as_there_may_be() -> None:
    assert len(wanted(LEAST | {"percent": "1"}).waves) == MAX_WAVES


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"canary": "many"}, "canary"), ({"start_at": "soon"}, "start_at"), ({"labels": "x"}, "labels")],
)
def test_a_field_that_cannot_be_used_is_named(changes: dict[str, str], field: str) -> None:
    with pytest.raises(Problem) as refused:
        wanted(LEAST | changes)

    assert [error.field for error in refused.value.errors] == [field]


def test_an_extension_changes_what_is_written_alone() -> None:
    assert extension({"deadline_h": "2", "max_at_once": " "}) == ExtendCampaign(deadline_s=7_200)
    assert extension({}) == ExtendCampaign()


def test_a_campaign_says_what_it_goes_by_and_no_password() -> None:
    campaign = example(CampaignChanged)
    firmware = replace(campaign.firmware, location="ftp://user:canary-7f3a9@files.example/fw.bin", models=())
    limits = Limits(max_at_once=5, max_failures=3)

    told = dict(rules(replace(campaign, firmware=firmware, limits=limits, windows=())))

    assert "canary-7f3a9" not in told["Firmware"]
    assert "any model" in told["Firmware"]
    assert (told["At once"], told["Windows"]) == ("5; more than 3 failures halt it", "at any time")
