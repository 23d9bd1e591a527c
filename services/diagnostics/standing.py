"""Standing: what each log of a station is, by all that is known of it, in whatever order that was read. PURE.

A file that has arrived is the proof; after it the newest word of the station counts, and last its answer to the request.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from schemas.diagnostics import OPEN, LogStatus, status_answered
from schemas.states.diagnostics import Answered, Asked, File, StationLogs, Word

WORDS: Mapping[str, LogStatus] = {
    "Uploading": "uploading",
    "Uploaded": "uploaded",
    "AcceptedCanceled": "cancelled",
    "UploadFailure": "failed",
    "UploadFailed": "failed",
    "BadMessage": "failed",
    "NotSupportedOperation": "failed",
    "PermissionDenied": "failed",
}
"""The words of UploadLogStatusEnumType and of 1.6 DiagnosticsStatus that say something of an upload: Idle does not."""

PLAIN = frozenset({"Uploading", "Uploaded", "AcceptedCanceled"})
"""Words that the status says already."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What a log is, since when it has ended, and its file."""

    status: LogStatus
    detail: str = ""
    file: str = ""
    stored: File | None = None
    ended_at: datetime | None = None


def standings(state: StationLogs) -> dict[str, Standing]:
    """What each log is now, by the id of its command."""
    answers = {answer.command_id: answer for answer in state.answers}
    files = _newest(state.files)
    words = _by_command(state)
    return {
        one.command_id: _standing(answers.get(one.command_id), words.get(one.command_id), files.get(one.command_id))
        for one in state.asked
    }


def _standing(answer: Answered | None, word: Word | None, file: File | None) -> Standing:
    announced = answer.file if answer is not None else ""
    if file is not None:
        return Standing(status="stored", file=file.name or announced, stored=file, ended_at=file.at)
    if word is not None:
        status = WORDS[word.status]
        detail = word.detail or ("" if word.status in PLAIN else word.status)
        ended_at = None if status == "uploading" else word.at
        return Standing(status=status, detail=detail, file=announced, ended_at=ended_at)
    return Standing(status="requested") if answer is None else _answered(answer)


def _answered(answer: Answered) -> Standing:
    """By the answer to the request alone."""
    status = status_answered(answer.outcome, answer.detail, sent=answer.sent)
    if status == "accepted":
        return Standing(status=status, file=answer.file)
    detail = answer.detail or (answer.outcome if status == "refused" else "")
    return Standing(status=status, detail=detail, ended_at=None if status in OPEN else answer.at)


def matches(one: Asked, word: Word) -> bool:
    """Whether a word may be about a request: by its number, or, without one, because it came after the request."""
    if word.request_id is not None:
        return word.request_id == one.request_id
    return one.requested_at <= word.at


def _by_command(state: StationLogs) -> dict[str, Word]:
    """The newest word about each log. One without a number is about the newest request before it: a station uploads one log at a time."""
    found: dict[str, Word] = {}
    newest_first = sorted(state.asked, key=lambda one: (one.requested_at, one.command_id), reverse=True)
    for word in sorted(state.words, key=lambda word: (word.at, word.status)):
        about = next((one for one in newest_first if matches(one, word)), None)
        if about is not None:
            found[about.command_id] = word
    return found


def _newest(files: Iterable[File]) -> dict[str, File]:
    """The file of each log; of several the first that arrived."""
    found: dict[str, File] = {}
    for file in sorted(files, key=lambda file: (file.at, file.place)):
        found.setdefault(file.command_id, file)
    return found
