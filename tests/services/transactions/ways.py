"""Ways: what a station says from which follows that its session is over whose end it does not tell, by a name each."""

from decimal import Decimal

from tests.services.transactions.records import booted, start_16, status_16, stop_settled

WAYS = {
    "S-available": lambda _: [status_16("Charging", 1), status_16("Finishing", 19), status_16("Available", 20)],
    "S-preparing": lambda _: [status_16("Finishing", 19), status_16("Preparing", 20)],
    "S-boot": lambda _: [booted(18), status_16("Preparing", 20)],
    "S-next": lambda _: [start_16("m9", minutes=20, meter_wh=Decimal(4000))],
    "S-refused": lambda number: [stop_settled(number, 20)],
}
NAMED = {
    "S-available": "over-by-status",
    "S-preparing": "over-by-status",
    "S-boot": "over-by-boot",
    "S-next": "over-by-next-start",
    "S-refused": "over-by-refused-stop",
}
