"""eMAIDs: how contracts are named, and when two texts name the same one (ISO 15118-2, annex H; ISO 15118-1; 2.x part 2, C07). PURE.

An eMAID has a country (two letters), a provider (three characters), the contract itself (nine, of which the first is a C by the rules of
eMI3), and perhaps a check digit. `-` or `*` may stand between these. One and the same contract is written `DE-8AA-C12345678-H`,
`de8aaC12345678` and so on. Plug & Charge ecosystems name it by its first 14 characters, in capitals and without separators: so do we.
"""

import re
from collections.abc import Iterable

_SEPARATED = re.compile(r"([A-Z]{2})([-*])([A-Z0-9]{3})\2([A-Z0-9]{9})(?:\2([A-Z0-9]))?")
_PLAIN = re.compile(r"([A-Z]{2}[A-Z0-9]{3}C[A-Z0-9]{8})([A-Z0-9])")
_SHORTEST, _LONGEST = 15, 18
_NAME, _DIGITS = 14, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Row = tuple[int, int]
Matrix = tuple[Row, Row]


def canonical(text: str) -> str:
    """The one spelling of a contract, for a text in capitals; any other text as it is.

    A check digit is left out where it is right. Without separators only a text with the C of eMI3 is taken for an eMAID with a check
    digit, for other tokens of 15 characters could be that by chance.
    """
    if not _SHORTEST <= len(text) <= _LONGEST:
        return text
    if (found := _SEPARATED.fullmatch(text)) is not None:
        name = f"{found[1]}{found[3]}{found[4]}"
        return canonical(name + (found[5] or ""))
    found = _PLAIN.fullmatch(text)
    return found[1] if found is not None and check_digit(found[1]) == found[2] else text


def same_contract(one: str, other: str) -> bool:
    """Whether two texts, each known to be an eMAID, name the same contract: without regard to case, separators and a right check digit."""
    return _bare(one) == _bare(other) != ""


def _bare(text: str) -> str:
    plain = "".join(each for each in text.upper() if each not in "-* ")
    if len(plain) == _NAME + 1 and set(plain) <= set(_DIGITS) and check_digit(plain[:_NAME]) == plain[_NAME]:
        return plain[:_NAME]
    return plain


def check_digit(name: str) -> str:
    """The check digit of 14 characters of capitals and digits (ISO 15118-2, annex H). Raises ValueError for others.

    Each character is a pair modulo 2 and a pair modulo 3; with the check digit the sums of both, each pair multiplied by a matrix to the
    power of its place, are zero.
    """
    if len(name) != _NAME:
        raise ValueError(f"the name of a contract has {_NAME} characters, and this has {len(name)}")
    values = [_DIGITS.index(each) for each in name]
    of_two = _sum(
        (((value // 18, value // 9 % 2), place) for place, value in enumerate(values, 1)), ((0, 1), (1, 1)), 2
    )
    of_three = _sum(
        (((value // 3 % 3, value % 3), place) for place, value in enumerate(values, 1)), ((0, 1), (1, 2)), 3
    )
    inverse: Matrix = ((0, 2), (2, 1))  # -P^-15 modulo 3; modulo 2 it is the identity
    of_three = _times(of_three, inverse, 3)
    return _DIGITS[of_two[0] * 18 + of_two[1] * 9 + of_three[0] * 3 + of_three[1]]


def _sum(pairs: Iterable[tuple[Row, int]], matrix: Matrix, modulus: int) -> Row:
    total = (0, 0)
    for pair, place in pairs:
        for _ in range(place):
            pair = _times(pair, matrix, modulus)  # noqa: PLW2901 its power, a factor at a time
        total = ((total[0] + pair[0]) % modulus, (total[1] + pair[1]) % modulus)
    return total


def _times(pair: Row, matrix: Matrix, modulus: int) -> Row:
    (first, second), (above, below) = pair, matrix
    return (
        (first * above[0] + second * below[0]) % modulus,
        (first * above[1] + second * below[1]) % modulus,
    )
