"""What a simulated station keeps for its CSMS: the local list, display messages, monitors, charging profiles."""

from collections.abc import Mapping

from loadtest.ocpp.intents import DropProfiles, KeepList, KeepMessages, KeepMonitors, KeepProfile
from loadtest.ocpp.messages import Payload


class Kept:
    """All of it, as the last command left it."""

    def __init__(self) -> None:
        self.list = KeepList(version=0, tokens={})
        self.messages: Mapping[int, Payload] = {}
        self.monitors: Mapping[int, Payload] = {}
        self.profiles: dict[int, KeepProfile] = {}

    def obey(self, intent: KeepList | KeepMessages | KeepMonitors | KeepProfile | DropProfiles) -> None:
        """Keep something, or give it up."""
        match intent:
            case KeepList():
                self.list = intent
            case KeepMessages(messages=messages):
                self.messages = messages
            case KeepMonitors(monitors=monitors):
                self.monitors = monitors
            case KeepProfile():
                self.profiles[intent.profile_id] = intent
            case DropProfiles(profile_ids=numbers):
                for number in numbers:
                    self.profiles.pop(number, None)
