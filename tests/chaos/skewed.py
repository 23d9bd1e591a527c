"""A gateway whose clock is wrong: `python -m tests.chaos.skewed SECONDS_AHEAD [the gateway's settings]`."""

import sys

from gateway.__main__ import main
from gateway.server import now_us

if __name__ == "__main__":
    AHEAD_US = int(float(sys.argv[1]) * 1_000_000)
    sys.exit(main(sys.argv[2:], clock_us=lambda: now_us() + AHEAD_US))
