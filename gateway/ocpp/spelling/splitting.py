"""Splitting: one command in several CALLs, where a message may name only so many things, and the one answer of them all.

2.x, B05.FR.11, B05.FR.13 and B06.FR.05; 1.6, 5.3 (one key) and 9.1.8 (GetConfigurationMaxKeys).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from gateway.ocpp.rows import Part, StationAnswer
from schemas.base import null
from schemas.commands import ItemOutcome, Outcome

Item = TypeVar("Item")

FRAME_BYTES = 120
"""What stands around the things of a message, about: its type, its id, its action, the name of the list."""

LARGEST_JOINED = 600_000
"""Bytes of the answers of one command that are kept together; a record of Kafka has its limit."""


def chunks(
    items: Iterable[Item],
    *,
    most: int | None,
    bytes_most: int | None,
    size: Callable[[Item], int],
    told_apart: Callable[[Item], Hashable] | None = None,
) -> Iterator[tuple[Item, ...]]:
    """The things in their order, cut where a message has as many or as many bytes as it may, or would name one twice.

    Without `told_apart` a message may name a thing more than once.
    """
    chunk: list[Item] = []
    named: set[Hashable] = set()
    length = FRAME_BYTES
    for item in items:
        more = size(item) + 1
        name = len(chunk) if told_apart is None else told_apart(item)
        full = (most is not None and len(chunk) >= max(most, 1)) or (
            bytes_most is not None and length + more > bytes_most
        )
        if chunk and (full or name in named):
            yield tuple(chunk)
            chunk, named, length = [], set(), FRAME_BYTES
        chunk.append(item)
        named.add(name)
        length += more
    if chunk:
        yield tuple(chunk)


def joined(answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer:
    """The one answer to a command that left in `of` CALLs, made of those that were answered; there is at least one.

    `items` has a result for each thing that was asked for. The response is of the form of one answer, its lists joined; where the
    answers have no lists, a list of them.
    """
    if of == 1:
        return answers[0][1]
    items = tuple(item for part, answered in answers for item in _items(part, answered))
    outcomes = {answered.outcome for _, answered in answers}
    failed = next((answered for _, answered in answers if answered.error_code), None)
    told = failed or next((answered for _, answered in answers if answered.error_description), None)
    response = _response([answered.response for _, answered in answers])
    left_out = f"the answers are longer than {LARGEST_JOINED} bytes" if response is None else ""
    remark = told.error_description if told is not None and (failed is not None or len(outcomes) == 1) else ""
    return StationAnswer(
        outcome=_together(outcomes),
        response=null() if response is None else response,
        error_code="" if failed is None else failed.error_code,
        error_description=remark or left_out,
        items=items,
        reboot_required=any(answered.reboot_required for _, answered in answers),
    )


def unfinished(answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer | None:
    """What is known of a command of several CALLs one of which was not answered; None where nothing is."""
    if not answers:
        return None
    done = joined(answers, of=of)
    return replace(done, error_description=f"{len(answers)} of {of} messages were answered")


def _items(part: Part, answered: StationAnswer) -> tuple[ItemOutcome, ...]:
    """The results of one CALL; where its answer has one for all, that one for each."""
    if answered.items:
        return answered.items
    word = answered.error_code or answered.error_description or answered.outcome.capitalize()
    return tuple(ItemOutcome(name=name[:250], status=word[:60]) for name in part.command.things)


def _together(outcomes: set[Outcome]) -> Outcome:
    if len(outcomes) == 1:
        return next(iter(outcomes))
    return "partial" if outcomes & {"accepted", "partial"} else "rejected"


def _response(responses: Sequence[msgspec.Raw]) -> msgspec.Raw | None:
    """The answers as one; None where that is longer than what is kept."""
    if sum(len(bytes(response)) for response in responses) > LARGEST_JOINED:
        return None
    decoded = [_decoded(response) for response in responses]
    objects = [each for each in decoded if isinstance(each, dict)]
    lists = {name: list[Any]() for each in objects for name, value in each.items() if isinstance(value, list)}
    if not lists:
        return msgspec.Raw(msgspec.json.encode(decoded))
    for each in objects:
        for name, whole in lists.items():
            value = each.get(name)
            whole.extend(value if isinstance(value, list) else ())
    return msgspec.Raw(msgspec.json.encode(lists))


def _decoded(response: msgspec.Raw) -> Any:
    try:
        return msgspec.json.decode(response)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
