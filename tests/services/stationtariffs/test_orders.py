"""Whatever happens and in whatever order, in the end the station has what is assigned, and repeats change nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.stationtariffs.choosing import NOTHING, difference, wanted
from tests.services.moments import at
from tests.services.stationtariffs.stations import Managed, read, references, settled, station, tariff, variable
from tests.services.stationtariffs.test_core import name_of

TARIFFS = {name: tariff(name, price) for name, price in (("a", "0.40"), ("b", "0.60"), ("c", "0.20"))}
NAMES = st.sampled_from(["a", "b", "c"])
IDS = [name_of(one) for one in TARIFFS.values()] + ["theirs"]


@st.composite
def events(draw):
    """What may happen to a station at any time: it boots, goes, comes, somebody sets or reads its tariffs, variables are known."""
    kind = draw(st.sampled_from(["boot", "away", "back", "foreign-set", "foreign-read", "variable", "lost"]))
    return kind, draw(st.dictionaries(st.sampled_from([1, 2]), st.sampled_from(IDS), max_size=2))


def assigned(draw):
    return draw(st.fixed_dictionaries({}, optional={"site": NAMES, "station": NAMES, "second": NAMES}))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_station_comes_to_what_is_assigned_whatever_happens(data):
    managed = Managed(references(TARIFFS, **assigned(data.draw)))
    managed.charger.tariffs = data.draw(st.dictionaries(st.sampled_from([1, 2]), st.sampled_from(IDS), max_size=2))
    seconds = 10.0
    for number, (kind, tariffs) in enumerate(data.draw(st.lists(events(), max_size=5))):
        managed.goes_on(seconds)
        seconds = max(seconds, managed.seconds) + 100
        happened = _happens(managed, kind, tariffs, seconds, number)
        for record in happened * data.draw(st.integers(1, 2)):
            managed.reads(record)
        managed.references = references(TARIFFS, **assigned(data.draw))
    managed.reads(station(seconds=seconds + 1, booted=seconds + 1))
    managed.goes_on(seconds + 3_600)

    every = wanted(managed.state, managed.references, at(seconds))
    assert managed.state.stopped == ""
    assert difference(managed.state, every) == NOTHING
    common = next((one.told.tariff_id for one in every if one.told.evse == 0), None)
    own = {one.told.evse: one.told.tariff_id for one in every if one.told.evse}
    expected = {evse: name for evse in (1, 2) if (name := own.get(evse, common)) is not None}
    assert managed.charger.tariffs == expected
    assert managed.now.status == "in-step"


def _happens(managed, kind, tariffs, seconds, number):
    match kind:
        case "boot":
            managed.charger.tariffs = tariffs
            return [station(seconds=seconds, booted=seconds)]
        case "away":
            return [station(seconds=seconds, connected=False)]
        case "back":
            return [station(seconds=seconds)]
        case "foreign-set":
            managed.charger.tariffs |= tariffs
            return [settled(f"s{number}", seconds=seconds, command="SetDefaultTariff")]
        case "foreign-read":
            return [settled(f"g{number}", seconds=seconds, **read(managed.charger.tariffs))]
        case "variable":
            return [variable("MaxElements", "10", seconds=seconds)]
    managed.charger.tariffs = {}
    return [station(seconds=seconds, booted=seconds)]
