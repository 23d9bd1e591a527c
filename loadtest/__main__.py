"""`python -m loadtest SCENARIO`: simulated stations against a running CSMS."""

import asyncio
import sys

import uvloop

from loadtest import cli, fleet


def main() -> int:
    """Run the scenario that was asked for; 0 where all went well."""
    given = cli.parse(sys.argv[1:])
    try:
        options = cli.fleet_options(given)
    except cli.BadOption as error:
        print(f"loadtest: {error}", file=sys.stderr)
        return 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(fleet.live(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
