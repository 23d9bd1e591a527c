"""The command: a file, a report, an exit code."""

import json

import pytest

from loadtest.cli import parse
from loadtest.options import BadOption, replay_options
from tests.loadtest.csms import running_csms
from tests.loadtest.replay.lines import line
from tests.loadtest.running import started

pytestmark = pytest.mark.processes


def written(tmp_path, *lines):
    file = tmp_path / "export.jsonl"
    file.write_text("\n".join(lines))
    return str(file)


async def test_a_file_of_two_stations_is_replayed_and_the_report_tells_what_differs(tmp_path):
    two = (line("Heartbeat", {}, {"currentTime": "2026-03-01T10:00:00Z"}, station=name) for name in ("CP1", "CP2"))
    blocked = line("Authorize", {"idTag": "T"}, {"idTagInfo": {"status": "Blocked"}}, at_s=1)
    file, report = written(tmp_path, *two, blocked), tmp_path / "report.json"
    async with running_csms() as csms:
        options = ("--url", csms.url, "--speed", "1000", "--linger", "0", "--json", str(report))
        code, output = await started("replay", file, *options)
        ignored, _ = await started("replay", file, *options, "--ignore", "status")

    assert (code, ignored) == (1, 0)
    assert "3 messages sent, 2 answered as then" in output
    assert 'CP1: 2 Authorize: idTagInfo.status: then "Blocked", now "Accepted"' in output
    assert len(json.loads(report.read_text())["compared"]) == 3


async def test_a_file_that_is_no_export_and_a_name_for_many_are_refused(tmp_path):
    two = written(tmp_path, *(line("Heartbeat", {}, station=name) for name in ("CP1", "CP2")))
    code, output = await started("replay", two, "--station", "X")
    assert (code, "2 stations" in output) == (2, True)

    code, output = await started("replay", written(tmp_path, "no JSON"))
    assert (code, "line 1" in output) == (2, True)

    code, output = await started("replay", str(tmp_path / "none"))
    assert (code, "none" in output) == (1, True)


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--url", "ws://csms.example.com/ocpp"], "--allow-remote"),
        (["--speed", "0"], "above 0"),
        (["--longest-pause", "-1"], "takes 0 to"),
        (["--linger", "9999"], "takes 0 to"),
        (["--timeout", "0"], "above 0"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_with_a_sentence(argv, sentence):
    with pytest.raises(BadOption, match=sentence):
        replay_options(parse(["replay", "file", *argv]))
