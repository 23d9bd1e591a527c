"""What a simulated station keeps for its CSMS: the local list, display messages, monitors, charging profiles, certificates."""

from collections.abc import Mapping
from datetime import datetime

from loadtest.ocpp.certificates import factory
from loadtest.ocpp.intents import (
    DropProfiles,
    KeepCertificates,
    KeepDER,
    KeepList,
    KeepMessages,
    KeepMonitors,
    KeepProfile,
)
from loadtest.ocpp.messages import Payload
from loadtest.station.limiting import Limiting

Keeping = KeepList | KeepMessages | KeepMonitors | KeepProfile | DropProfiles | KeepCertificates | KeepDER
"""The intents that change it."""


class Kept:
    """All of it, as the last command left it; at first, what a station has from its factory."""

    def __init__(self, vendor: str = "", limiting: Limiting | None = None) -> None:
        self._limiting = limiting
        self.certificates = factory(vendor)
        self.der: Mapping[str, Payload] = {}
        self.list = KeepList(version=0, tokens={})
        self.messages: Mapping[int, Payload] = {}
        self.monitors: Mapping[int, Payload] = {}
        self.profiles: dict[int, KeepProfile] = {}

    def obey(self, intent: Keeping, at: datetime) -> None:
        """Keep something, or give it up, at a moment; profiles limit from then on."""
        match intent:
            case KeepList():
                self.list = intent
            case KeepMessages(messages=messages):
                self.messages = messages
            case KeepCertificates(certificates=certificates):
                self.certificates = certificates
            case KeepDER(controls=controls):
                self.der = controls
            case KeepMonitors(monitors=monitors):
                self.monitors = monitors
            case KeepProfile():
                self.profiles[intent.profile_id] = intent
            case DropProfiles(profile_ids=numbers):
                for number in numbers:
                    self.profiles.pop(number, None)
        if self._limiting is not None and isinstance(intent, KeepProfile | DropProfiles):
            self._limiting.take(self.profiles.values(), at)
