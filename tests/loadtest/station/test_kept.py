"""A station keeps what it is given, the newest of each kind, and gives profiles up by their numbers."""

from loadtest.ocpp.intents import DropProfiles, KeepCertificates, KeepList, KeepMessages, KeepMonitors, KeepProfile
from loadtest.station.kept import Kept
from tests.loadtest.hand_clock import START


def test_the_newest_of_each_kind_is_kept() -> None:
    kept = Kept("Elbtal")
    assert [one["certificateType"] for one in kept.certificates] == ["ManufacturerRootCertificate"]
    for intent in (
        KeepList(version=1, tokens={"A": "Accepted"}),
        KeepList(version=2, tokens={}),
        KeepMessages(messages={7: {}}),
        KeepMonitors(monitors={1: {}}),
        KeepCertificates(certificates=()),
        KeepProfile(profile_id=1, evse=0, profile={}),
        KeepProfile(profile_id=2, evse=0, profile={}),
        DropProfiles(profile_ids=(1, 9)),
    ):
        kept.obey(intent, START)

    assert (kept.list.version, set(kept.messages), set(kept.monitors), set(kept.profiles)) == (2, {7}, {1}, {2})
    assert kept.certificates == ()
