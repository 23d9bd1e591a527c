"""Ids: which ids a station can have, and when two spellings are the same station, or the same token. PURE.

The identity is an identifierString of at most 48 characters: a few ASCII characters, compared without case (2.x part 2,
primitive datatypes; part 4, 3.1.1). 1.6 does not restrict the characters; the same rule applies. So ids have no trailing blanks,
no control characters, no letters that only look alike, and one encoding only.
"""

import re

from schemas.emaids import canonical

LONGEST_STATION_ID = 48
_STATION_ID = re.compile(r"(?=.*[^.])[A-Za-z0-9*_=:+|@.-]{1,48}")
"""Not only dots: clients and proxies remove `.` and `..` from a URL."""

STATION_ID_RULE = "1 to 48 of the characters a-z A-Z 0-9 * - _ = : + | @ . (OCPP identifierString), and not dots alone"


def is_station_id(text: str) -> bool:
    """Whether a text is a valid station id."""
    return _STATION_ID.fullmatch(text) is not None


def folded(station: str) -> str:
    """The id in lower case, equal for all spellings of one station."""
    return station.lower()


_AROUND = "".join(each for each in map(chr, range(0x3001)) if each.isspace() or not each.isprintable())
"""White space and control characters, which are stripped: some readers append NULs to tokens."""


def folded_token(value: str) -> str:
    """A token in capitals, without white space and control characters around it, and an eMAID in its one spelling."""
    return canonical(value.strip(_AROUND).upper())
