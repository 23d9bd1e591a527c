"""How many generated examples a property is tried with: all of them in `make test`, a share in `make check`, whose answer is waited for."""

import os

SHARE = float(os.environ.get("TEST_EXAMPLES", "1"))
"""From 0 to 1."""

FEWEST = 10


def examples(most: int, *, fewest: int = FEWEST) -> int:
    """Of `most` examples, how many this run tries, `fewest` or more."""
    return min(most, max(fewest, round(most * SHARE)))
