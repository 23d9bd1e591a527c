"""`python -m tests.chaos [--long] [pytest's options]`: the chaos tests alone; the long form gives each fault its full time."""

import os
import sys
from pathlib import Path

import pytest


def main(argv: list[str]) -> int:
    """Run them; what each stage counted is shown at the end."""
    rest = [argument for argument in argv if argument != "--long"]
    os.environ["VOLTBUS_CHAOS"] = "long" if len(rest) < len(argv) else "short"
    return int(pytest.main([str(Path(__file__).parent), "-rP", "--durations=0", "--durations-min=1", *rest]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
