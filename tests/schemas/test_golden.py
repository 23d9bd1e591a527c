"""Golden bytes: what was once written to Kafka must be read for ever, and mean the same.

`python -m tests.schemas.test_golden` writes the files that are missing; a file that exists is never written again.
"""

import sys
from pathlib import Path

import msgspec
import pytest

from schemas.base import Record
from schemas.codec import encode
from schemas.examples import example
from schemas.pages import all_records, tag

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*/*.json"))
BY_TAG = {tag(record): record for record in all_records()}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_bytes_of_every_release_are_read_and_written_back_to_the_letter(path: Path) -> None:
    golden = path.read_bytes()

    record = msgspec.json.decode(golden, type=BY_TAG[path.stem])

    assert encode(record) == golden


@pytest.mark.parametrize("record", all_records(), ids=tag)
def test_every_record_has_golden_bytes(record: type[Record]) -> None:
    assert [path for path in FILES if path.stem == tag(record)], "run: python -m tests.schemas.test_golden"


@pytest.mark.parametrize("record", all_records(), ids=tag)
def test_every_member_of_a_record_stands_in_some_golden_file(record: type[Record]) -> None:
    held = {member for path in FILES if path.stem == tag(record) for member in msgspec.json.decode(path.read_bytes())}

    members = {field.encode_name for field in msgspec.structs.fields(record)}

    assert members <= held, "a new member needs golden bytes of its own: raise the version folder and write them"


def test_golden_bytes_of_a_record_that_gained_a_member_with_a_default_are_still_read() -> None:
    class Before(Record, frozen=True, kw_only=True, tag="grown"):
        id: str

    class After(Record, frozen=True, kw_only=True, tag="grown"):
        id: str
        note: str = ""

    written = encode(Before(id="1"))

    assert encode(msgspec.json.decode(written, type=After)) == written


def is_covered(record: type[Record]) -> bool:
    """Whether every member of the record stands in some golden file."""
    held = {member for path in FILES if path.stem == tag(record) for member in msgspec.json.decode(path.read_bytes())}
    return bool(held) and {field.encode_name for field in msgspec.structs.fields(record)} <= held


def write_missing(version: str) -> list[str]:
    """Write golden bytes into that version's folder for records that no file covers; return whose.

    The folder is that of a version that is not released yet: what is there of such a record is written anew, all else stays.
    """
    folder = GOLDEN / version
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [record for record in all_records() if not is_covered(record)]
    for record in lacking:
        with (folder / f"{tag(record)}.json").open("wb") as file:
            file.write(encode(example(record)))
    return [tag(record) for record in lacking]


if __name__ == "__main__":
    newest = max((path.name for path in GOLDEN.iterdir()), key=lambda name: [int(part) for part in name.split(".")])
    print("written:", ", ".join(write_missing(sys.argv[1] if len(sys.argv) > 1 else newest)) or "nothing")
