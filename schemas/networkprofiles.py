"""Network profiles: how a station reaches a CSMS, stored in its slots (2.x part 2, B09)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec

from schemas.command import Fault, StationCommand, about

OF_AN_APN: Mapping[str, Any] = {
    "apn_user": "",
    "apn_password": "",
    "apn_authentication": "AUTO",
    "sim_pin": "",
    "preferred_network": "",
    "only_preferred_network": None,
}
OF_A_VPN: Mapping[str, Any] = dict.fromkeys(("vpn_server", "vpn_user", "vpn_group", "vpn_password", "vpn_key"), "")
"""Members of `SetNetworkProfile` that are about the APN, and about the VPN, with what they are where nothing is said."""


class SetNetworkProfile(StationCommand, frozen=True, kw_only=True):
    """Store a network profile in a slot of the station (B09); it is used once NetworkConfigurationPriority names its slot.

    A security profile below the one in use is not sent. Passwords, keys and PINs travel sealed.
    """

    title: ClassVar[str] = "Store a network profile"

    slot: Annotated[
        int,
        msgspec.Meta(ge=0, le=2_147_483_647),
        about("Slot", "One of NetworkConfigurationPriority's list of values.", example=1),
    ]
    url: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=4000),
        about("Address of the CSMS", "Without the station's id.", example="wss://csms.example.com/ocpp"),
    ]
    security_profile: Annotated[int, msgspec.Meta(ge=0, le=3), about("Security profile", "0 to 3.", example=2)]
    interface: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=20),
        about("Interface", example="Wired0", suggests=("Wired0", "Wired1", "Wireless0", "Wireless1", "Any")),
    ] = "Wired0"
    message_timeout_s: Annotated[
        int, msgspec.Meta(ge=1, le=86_400), about("Message timeout", "Seconds that an answer may take.", example=30)
    ] = 30
    ocpp_version: Annotated[
        str,
        msgspec.Meta(max_length=20),
        about(
            "OCPP version", "2.0.1 needs one; 2.1 negotiates it.", suggests=("OCPP16", "OCPP20", "OCPP201", "OCPP21")
        ),
    ] = "OCPP20"
    transport: Annotated[Literal["JSON", "SOAP"], about("Transport", advanced=True)] = "JSON"
    identity: Annotated[
        str, msgspec.Meta(max_length=48), about("Identity", "2.1: the station's id there.", advanced=True)
    ] = ""
    basic_auth_password: Annotated[
        str, msgspec.Meta(max_length=500), about("Password", "2.1: the station's password there.", advanced=True)
    ] = ""
    apn: Annotated[str, msgspec.Meta(max_length=2000), about("APN", "Empty: none.", advanced=True)] = ""
    apn_user: Annotated[str, msgspec.Meta(max_length=50), about("APN user", advanced=True)] = ""
    apn_password: Annotated[str, msgspec.Meta(max_length=500), about("APN password", advanced=True)] = ""
    apn_authentication: Annotated[
        Literal["AUTO", "NONE", "PAP", "CHAP"], about("APN authentication", advanced=True)
    ] = "AUTO"
    sim_pin: Annotated[str, msgspec.Meta(max_length=200), about("SIM PIN", "Digits.", advanced=True)] = ""
    preferred_network: Annotated[
        str, msgspec.Meta(max_length=6), about("Preferred network", "MCC and MNC.", advanced=True)
    ] = ""
    only_preferred_network: Annotated[bool | None, about("Use only that network", advanced=True)] = None
    vpn_type: Annotated[Literal["", "IKEv2", "IPSec", "L2TP", "PPTP"], about("VPN", "Empty: none.", advanced=True)] = ""
    vpn_server: Annotated[str, msgspec.Meta(max_length=2000), about("VPN server", advanced=True)] = ""
    vpn_user: Annotated[str, msgspec.Meta(max_length=50), about("VPN user", advanced=True)] = ""
    vpn_group: Annotated[str, msgspec.Meta(max_length=50), about("VPN group", advanced=True)] = ""
    vpn_password: Annotated[str, msgspec.Meta(max_length=500), about("VPN password", advanced=True)] = ""
    vpn_key: Annotated[str, msgspec.Meta(max_length=1000), about("VPN shared key", advanced=True)] = ""

    def faults(self) -> Iterable[Fault]:
        """What is said of an APN or a VPN needs one: without it the station would not get it."""
        for needed, about_it in (("apn", OF_AN_APN), ("vpn_type", OF_A_VPN)):
            if not getattr(self, needed):
                for member, default in about_it.items():
                    if getattr(self, member) != default:
                        yield Fault(member, f"must be left out, or {needed} be given too")
