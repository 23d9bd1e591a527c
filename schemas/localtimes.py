"""Local times: times of day and dates by the clock on the wall of a place, as texts. PURE."""

from typing import Annotated, Literal, get_args

import msgspec

TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Date = Annotated[str, msgspec.Meta(pattern="^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
DayOfWeek = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
"""As tariffs name them (OCPI 2.2.1)."""

DAYS_OF_WEEK: tuple[DayOfWeek, ...] = get_args(DayOfWeek)
"""By `datetime.weekday()`."""
