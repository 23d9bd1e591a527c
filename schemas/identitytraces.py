"""Identity traces: texts in a certificate, in an EXI message or in prose that may be somebody's token. PURE.

A contract certificate has its eMAID as a string of DER, an EXI message as a string whose bytes begin at any bit (EXI 1.0, 7.1.10, packed).
Both write the length before it, and that is how strings are found, without a decoder of either: what is found here is looked up, so
a text that only looks like one is of no consequence.
"""

import base64
import binascii
import itertools
import re
from collections.abc import Iterator

SHORTEST, LONGEST = 4, 36
"""Characters of a token: fewer are not looked up, for they would be found in everything; more no idToken of 2.x has."""

MOST = 1_000
"""Texts of one message that are looked up: no message between an EV and a pool has so many, and a lookup costs some microseconds."""

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----")
_WORD = re.compile(rf"[^\s\"'(),;:=<>\[\]{{}}]{{{SHORTEST},255}}")
_STRING = re.compile(rb"(?=([\x04-\x26])([\x20-\x7e]{4,36}))", re.DOTALL)
"""A length and what may be a string of it. DER says the length itself, EXI two more (7.3.3): one regular expression for both."""


def traces(text: str) -> tuple[str, ...]:
    """What may be a token in a text: in its certificates, in the message that it is in base64, or its words. No two are the same."""
    return tuple(dict.fromkeys(itertools.islice(_found(text), MOST)))


def has_certificate(text: str) -> bool:
    """Whether a text has a certificate in PEM."""
    return "-----BEGIN CERTIFICATE-----" in text


def _found(text: str) -> Iterator[str]:
    blocks = _PEM.findall(text)
    for block in blocks:
        if (content := _of_base64("".join(block.split()))) is not None:
            yield from _strings(content)
    if blocks:
        return
    if (content := _of_base64(text)) is not None:
        for shift in range(8):
            yield from _strings(_from_bit(content, shift))
    yield from _WORD.findall(text)


def _of_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _from_bit(content: bytes, bit: int) -> bytes:
    """The content from one of its first eight bits on."""
    if bit == 0 or not content:
        return content
    whole = int.from_bytes(content) << bit
    return (whole & ((1 << 8 * len(content)) - 1)).to_bytes(len(content))


def _strings(content: bytes) -> Iterator[str]:
    for found in _STRING.finditer(content):
        said, letters = found[1][0], found[2]
        for length in (said, said - 2):
            if SHORTEST <= length <= len(letters):
                yield letters[:length].decode()
