"""A fake of the reads of DER control, in memory."""

from services.api.der.rows import ALL_ALARMS, ALL_CONTROLS, Alarm, AlarmFilter, Control, ControlFilter, Turn
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeDER(FakeHistory):
    """DER controls, alarms and turns."""

    def __init__(self) -> None:
        super().__init__()
        self.der_rows: dict[str, Control] = {}
        self.der_alarm_rows: list[Alarm] = []
        self.der_turn_rows: list[Turn] = []

    async def der_controls(
        self, where: ControlFilter = ALL_CONTROLS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Control]:
        """Every control, whatever the filter."""
        self._ask("der_controls", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.der_rows.values())[:limit])

    async def der_control(self, der_control: str) -> Control | None:
        """The control's row."""
        self._ask("der_control", der_control)
        return self.der_rows.get(der_control)

    async def der_alarms(
        self, where: AlarmFilter = ALL_ALARMS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Alarm]:
        """Every alarm, whatever the filter."""
        self._ask("der_alarms", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.der_alarm_rows)[:limit])

    async def der_turns(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Turn]:
        """Every turn, whatever the station."""
        self._ask("der_turns", station, cursor, limit, cursor=cursor)
        return Page(tuple(self.der_turn_rows)[:limit])
