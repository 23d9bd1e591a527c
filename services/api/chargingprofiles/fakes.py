"""A fake of the reads of charging profiles, in memory."""

from services.api.chargingprofiles.rows import ALL_PROFILES, Limit, Needs, Profile, ProfileFilter
from services.api.history.fakes import FakeHistory
from services.api.web.paging import Page


class FakeProfiles(FakeHistory):
    """Charging profiles."""

    def __init__(self) -> None:
        super().__init__()
        self.profile_rows: dict[str, Profile] = {}
        self.limit_rows: tuple[Limit, ...] = ()
        self.needs_rows: tuple[Needs, ...] = ()

    async def charging_profiles(
        self, where: ProfileFilter = ALL_PROFILES, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Profile]:
        """Every profile, whatever the filter."""
        self._ask("charging_profiles", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.profile_rows.values())[:limit])

    async def charging_profile(self, charging_profile: str) -> Profile | None:
        """The profile's row."""
        self._ask("charging_profile", charging_profile)
        return self.profile_rows.get(charging_profile)

    async def charging_limits(self, station: str) -> tuple[Limit, ...]:
        """Every limit."""
        self._ask("charging_limits", station)
        return self.limit_rows

    async def charging_needs(self, station: str, *, cursor: str | None = None, limit: int = 50) -> Page[Needs]:
        """All needs."""
        self._ask("charging_needs", station, cursor, limit, cursor=cursor)
        return Page(self.needs_rows[:limit])
