"""Explain: turns a decoder's error into a violation: fault, member and a sentence."""

from collections.abc import Callable, Mapping

import msgspec

from schemas.wire.faults import Fault, Violation

LONGEST_DESCRIPTION = 255
"""OCPP-J: errorDescription is a string[255]."""

_LONGEST_QUOTE = 100

Interpretation = tuple[Fault, str, str]

_WORDS: Mapping[str, str] = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "number": "a number",
    "bool": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


def explain(error: Exception) -> Violation:
    """The violation for a decoder's error."""
    if isinstance(error, RecursionError):
        return _violation(Fault.FORMAT, "", "the payload is nested too deeply")
    if not isinstance(error, msgspec.ValidationError):
        return _violation(Fault.FORMAT, "", f"the payload is not valid JSON: {error}")
    complaint, _, at = str(error).rpartition(" - at `$")
    if not complaint:
        complaint, at = at, ""
    fault, path, problem = _interpret(complaint, at.removesuffix("`").removeprefix("."))
    if not path:
        # The whole payload is no object: not the structure of any action.
        return _violation(Fault.FORMAT, "", f"the payload {problem}")
    return _violation(fault, path, f"{path} {problem}")


def _interpret(complaint: str, path: str) -> Interpretation:
    for start, meaning in _MEANINGS.items():
        if complaint.startswith(start):
            return meaning(complaint.removeprefix(start), path)
    return Fault.PROPERTY, path, _cut(complaint)


# A required member has cardinality 1..1 in the specification's tables, so its absence breaks an occurrence constraint:
# that is the code which names the fault. (The `ocpp` package says ProtocolError here, FormatViolation for all the rest.)
def _missing(rest: str, path: str) -> Interpretation:
    return Fault.OCCURRENCE, _join(path, rest), "is missing"


# A member that the action does not have: the payload is not of the action's structure (1.6: FormationViolation, "not
# conform the PDU structure for Action"; 2.x: FormatViolation).
def _unknown(rest: str, path: str) -> Interpretation:
    return Fault.FORMAT, _join(path, rest), "is not a member of this message"


def _enumerated(rest: str, path: str) -> Interpretation:
    return Fault.PROPERTY, path, f"has a value that is not allowed:{_cut(rest)}"


def _out_of_range(_: str, path: str) -> Interpretation:
    return Fault.PROPERTY, path, "is a number out of range"


def _expected(rest: str, path: str) -> Interpretation:
    wanted, _, bound = rest.partition("`")
    if bound.startswith(", got `"):
        got = bound.removeprefix(", got `").removesuffix("`")
        return Fault.TYPE, path, f"must be {_WORDS.get(wanted, wanted)}, is {_WORDS.get(got, got)}"
    fault = Fault.OCCURRENCE if wanted == "array" else Fault.PROPERTY
    return fault, path, f"must be {_WORDS.get(wanted, wanted)}{bound}"


_MEANINGS: Mapping[str, Callable[[str, str], Interpretation]] = {
    "Object missing required field ": _missing,
    "Object contains unknown field ": _unknown,
    "Invalid enum value": _enumerated,
    "Expected `": _expected,
    "Integer value out of range": _out_of_range,
    "Number out of range": _out_of_range,
    "number out of range": _out_of_range,
}


def _join(path: str, quoted: str) -> str:
    member = _cut(quoted.strip("`"))
    return f"{path}.{member}" if path else member


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}..."


def _violation(fault: Fault, path: str, description: str) -> Violation:
    return Violation(fault=fault, path=path, description=description[:LONGEST_DESCRIPTION])
