"""A whole session of one station, as the tests need it that are about something else."""

from tests.integration.product import Product, eventually
from tests.integration.stations import READINGS_WH, connected

TOKEN = "04A2B3C4D5"


async def charged(product: Product, version: str, name: str) -> list[float]:
    """Boot, authorize, charge, end. Returns the energy of each of the station's sessions as the API shows it."""
    async with connected(version, name, product.url) as station:
        await station.boot()
        await station.authorize(TOKEN)
        await station.start(TOKEN)
        for minute, register_wh in enumerate(READINGS_WH[:-1], start=1):
            await station.meter(minute, register_wh)
        await station.end(5, READINGS_WH[-1])
        told: list[float] = await eventually(lambda: energy_wh(product, name))
        return told


async def energy_wh(product: Product, station: str) -> list[float]:
    """The energy of each ended session of a station."""
    async with product.api() as api:
        items = (await api.get("/sessions", params={"station": station})).json()["items"]
    return [float(item["energy_wh"]) for item in items if item["status"] == "ended"]
