"""The tariffs of a station as the API gives them are the record of them."""

from services.api.stationtariffs.rows import StationTariffs, station_tariffs_of
from tests.services.api.builders import a_station_tariffs


def test_the_row_has_every_member_of_the_record_but_its_identity() -> None:
    record = a_station_tariffs()
    row = station_tariffs_of(record)

    assert {name: getattr(row, name) for name in StationTariffs.__struct_fields__} == {
        name: getattr(record, name) for name in StationTariffs.__struct_fields__
    }
    assert set(record.__struct_fields__) - set(StationTariffs.__struct_fields__) == {"id", "revision"}
