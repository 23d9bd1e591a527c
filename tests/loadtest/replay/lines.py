"""Lines of an export of the OCPP log, as tests write them."""

import json
from typing import Any

AT = "2026-03-01T10:00:{:09.6f}Z"


def line(action: str, payload: Any, answer: Any = None, **more: Any) -> str:
    """An exchange as the export has it. `answer`: a payload, or the code of an error as text; None: none."""
    at_s = more.pop("at_s", 0)
    given: dict[str, Any] = {
        "station": "CP1", "version": "1.6", "epoch": 1, "sequence": 1, "direction": "in", "kind": "call",
        "action": action, "at": AT.format(at_s), "text": json.dumps([2, "m", action, payload]),
        "size": 10, "answer": None if answer is None else answer_of(answer),
    }  # fmt: skip
    return json.dumps(given | more)


def answer_of(answer: Any) -> dict[str, Any]:
    error = isinstance(answer, str)
    text = json.dumps([4, "m", answer, "", {}] if error else [3, "m", answer])
    return {"kind": "error" if error else "result", "text": text, "error": answer if error else ""}
