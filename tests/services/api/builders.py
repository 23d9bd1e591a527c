"""Records and rows as services make them; one override each."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken, TokenProvisioned
from schemas.batteries import Battery, BatterySwapChanged
from schemas.boottemplates import BootRunChanged, BootStep, BootTemplate, BootTemplateProvisioned
from schemas.certificates import CertificateChanged
from schemas.chargingprofiles import ChargingProfileChanged, charging_profile_of
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from schemas.commands import CommandSettled
from schemas.der import DERControl, DERControlChanged
from schemas.dersettings import Curve, CurvePoint, DERSettings
from schemas.devicemodel import Attribute, Characteristics, VariableChanged, VariableName, variable_id_of
from schemas.diagnostics import LogChanged
from schemas.displays import DisplayMessage, DisplayMessageChanged
from schemas.locallists import LocalListChanged, LocalListRule
from schemas.payments import PaymentChanged
from schemas.reports import ReportChanged
from schemas.reservations import ReservationChanged
from schemas.stationcommands import ClearCache
from schemas.stations import ConnectorState, StationChanged
from schemas.stationtariffs import InstalledTariff, StationTariffsChanged, WantedTariff
from schemas.transactions import SessionChanged
from schemas.x509 import HashData
from services.api.conversations.rows import Answer, Exchange
from services.api.fakes import NOON

STATION = "DE-BER-0001"


def a_state(**override: Any) -> StationChanged:
    given: dict[str, Any] = {
        "id": "state-1",
        "station": STATION,
        "revision": 1,
        "connected": True,
        "gateway": "gw-0",
        "version": "1.6",
        "vendor": "Example",
        "registration": "Accepted",
        "connectors": (ConnectorState(evse=1, connector=1, status="Available", at=NOON),),
        "connected_at": NOON,
        "changed_at": NOON,
    }
    return StationChanged(**{**given, **override})


def a_session(**override: Any) -> SessionChanged:
    given: dict[str, Any] = {
        "id": "session-change-1",
        "session": "s1",
        "station": STATION,
        "revision": 1,
        "transaction_id": "1234567",
        "evse": 1,
        "token": IdToken(value="04A2B3C4D5", type="ISO14443"),
        "status": "active",
        "started_at": NOON,
        "energy_wh": Decimal("7321.250"),
        "changed_at": NOON,
    }
    return SessionChanged(**{**given, **override})


def a_token(**override: Any) -> TokenProvisioned:
    given: dict[str, Any] = {"token": "04A2B3C4D5", "provisioned_at": NOON}
    return TokenProvisioned(**{**given, **override})


def an_outcome(**override: Any) -> CommandSettled:
    given: dict[str, Any] = {
        "id": "outcome-1",
        "command_id": "c1",
        "station": STATION,
        "outcome": "accepted",
        "settled_at": NOON,
    }
    return CommandSettled(**{**given, **override})


def a_reservation(**override: Any) -> ReservationChanged:
    given: dict[str, Any] = {
        "id": "reservation-change-1",
        "reservation": "r1",
        "station": STATION,
        "revision": 1,
        "reservation_id": 7,
        "token": "04A2B3C4D5",
        "token_type": "ISO14443",
        "evse": 1,
        "expires_at": NOON + timedelta(hours=1),
        "status": "accepted",
        "requested_at": NOON,
        "changed_at": NOON,
    }
    return ReservationChanged(**{**given, **override})


def a_variable(
    key: str = "OCPPCommCtrlr.HeartbeatInterval", value: str | None = "300", **override: Any
) -> VariableChanged:
    component, _, variable = key.rpartition(".")
    given: dict[str, Any] = {
        "id": f"variable-change-{key}",
        "variable_id": variable_id_of(override.get("station", STATION), key),
        "station": STATION,
        "revision": 1,
        "key": key,
        "name": VariableName(component=component, variable=variable),
        "attributes": (Attribute(value=value, mutability="ReadWrite"),),
        "characteristics": Characteristics(
            data_type="integer", unit="s", min_limit=Decimal(1), supports_monitoring=True
        ),
        "changed_at": NOON,
    }
    return VariableChanged(**{**given, **override})


def a_report(**override: Any) -> ReportChanged:
    given: dict[str, Any] = {
        "id": "report-change-1",
        "report": "c1",
        "station": STATION,
        "revision": 1,
        "message": "NotifyReport",
        "request_id": 7,
        "status": "waiting",
        "parts": 1,
        "items": 2,
        "requested_at": NOON,
        "requested_by": "operator",
        "first_at": NOON,
        "last_at": NOON,
        "changed_at": NOON,
    }
    return ReportChanged(**{**given, **override})


def a_local_list(**override: Any) -> LocalListChanged:
    given: dict[str, Any] = {
        "id": "local-list-change-1",
        "station": STATION,
        "revision": 1,
        "status": "in-step",
        "rule": LocalListRule(tokens="chosen", groups=("VANS",)),
        "version": 3,
        "station_version": 3,
        "entries": 1,
        "known": 1,
        "changed_at": NOON,
    }
    return LocalListChanged(**{**given, **override})


def a_log(**override: Any) -> LogChanged:
    given: dict[str, Any] = {
        "id": "log-change-1",
        "log": "l1",
        "station": STATION,
        "revision": 1,
        "type": "DiagnosticsLog",
        "status": "accepted",
        "requested_at": NOON,
        "requested_by": "operator",
        "changed_at": NOON,
    }
    return LogChanged(**{**given, **override})


def a_display_message(content: dict[str, Any] | None = None, **override: Any) -> DisplayMessageChanged:
    given: dict[str, Any] = {
        "id": "display-message-change-1",
        "display_message": "m1",
        "station": STATION,
        "revision": 1,
        "content": DisplayMessage(**{"message_id": 7, "text": "Hello"} | (content or {})),
        "status": "accepted",
        "requested_at": NOON,
        "requested_by": "operator",
        "changed_at": NOON,
    }
    return DisplayMessageChanged(**{**given, **override})


def a_station_tariffs(**override: Any) -> StationTariffsChanged:
    given: dict[str, Any] = {
        "id": "station-tariffs-1",
        "station": STATION,
        "revision": 1,
        "status": "in-step",
        "wanted": (WantedTariff(tariff="ad-hoc", version=1, tariff_id="ad-hoc.1-x"),),
        "installed": (InstalledTariff(tariff_id="ad-hoc.1-x", evses=(1, 2)),),
        "read_at": NOON,
        "changed_at": NOON,
    }
    return StationTariffsChanged(**{**given, **override})


def a_certificate(name: dict[str, str] | None = None, **override: Any) -> CertificateChanged:
    given: dict[str, Any] = {
        "id": "certificate-change-1",
        "certificate": "cert1",
        "station": STATION,
        "revision": 1,
        "use": "ManufacturerRootCertificate",
        "status": "installed",
        "name": HashData(
            **{"hash_algorithm": "SHA256", "issuer_name_hash": "aa", "issuer_key_hash": "bb", "serial_number": "1f"}
            | (name or {})
        ),
        "subject": "CN=Root",
        "issuer": "CN=Root",
        "valid_from": NOON - timedelta(days=365),
        "expires_at": NOON + timedelta(days=365),
        "fingerprint": "f0",
        "requested_at": NOON,
        "requested_by": "operator",
        "verified_at": NOON,
        "changed_at": NOON,
    }
    return CertificateChanged(**{**given, **override})


def a_boot_template(name: str = "defaults", *commands: Any, **override: Any) -> BootTemplateProvisioned:
    given: dict[str, Any] = {"commands": commands or (ClearCache(),), "title": "Defaults", "enabled": True}
    content = BootTemplate(**given | override)
    return BootTemplateProvisioned(template=name, revision=1, content=content, provisioned_at=NOON)


def a_boot_run(**override: Any) -> BootRunChanged:
    step = BootStep(command="ClearCache", status="accepted", command_id="c1", attempts=1, settled_at=NOON)
    given: dict[str, Any] = {
        "id": "boot-run-change-1",
        "run": "run-1",
        "station": STATION,
        "template": "defaults",
        "title": "Defaults",
        "template_revision": 1,
        "revision": 1,
        "cause": "boot",
        "status": "done",
        "boot_reason": "PowerUp",
        "booted_at": NOON,
        "steps": (step,),
        "requested_at": NOON,
        "started_at": NOON,
        "ended_at": NOON,
        "changed_at": NOON,
    }
    return BootRunChanged(**{**given, **override})


def a_payment(**override: Any) -> PaymentChanged:
    given: dict[str, Any] = {
        "id": "payment-change-1",
        "payment": "p1",
        "station": STATION,
        "revision": 1,
        "psp_ref": "psp-0815",
        "status": "settled",
        "evse": 1,
        "session": "s1",
        "transaction_id": "tx-1",
        "started_at": NOON,
        "amount": Decimal("5.00"),
        "settled_at": NOON,
        "receipt_id": "r1",
        "changed_at": NOON,
    }
    return PaymentChanged(**{**given, **override})


def a_der_control(content: dict[str, Any] | None = None, **override: Any) -> DERControlChanged:
    curve = Curve(priority=1, y_unit="PctMaxW", curve_data=(CurvePoint(x=Decimal("50.2"), y=Decimal(100)),))
    control: dict[str, Any] = {"control_id": "a", "control_type": "FreqWatt", "is_default": True}
    given: dict[str, Any] = {
        "id": "der-control-change-1",
        "der_control": "d1",
        "station": STATION,
        "revision": 1,
        "control": DERControl(**control | {"settings": DERSettings(curve=curve)} | (content or {})),
        "status": "accepted",
        "requested_at": NOON,
        "requested_by": "operator",
        "verified_at": NOON,
        "changed_at": NOON,
    }
    return DERControlChanged(**{**given, **override})


def a_battery_swap(**override: Any) -> BatterySwapChanged:
    given: dict[str, Any] = {
        "id": "battery-swap-change-1",
        "swap": "w1",
        "station": STATION,
        "revision": 1,
        "request_id": 7,
        "token": "04A2B3C4D5",
        "token_type": "ISO14443",
        "status": "swapped",
        "inserted": (Battery(slot=1, serial_number="B-1", soc=Decimal("12.5"), soh=Decimal(97)),),
        "taken": (Battery(slot=2, serial_number="B-2", soc=Decimal(95), soh=Decimal(99), vendor_info="rev C"),),
        "in_at": NOON,
        "out_at": NOON,
        "began_at": NOON,
        "changed_at": NOON,
    }
    return BatterySwapChanged(**{**given, **override})


def a_charging_profile(content: dict[str, Any] | None = None, **override: Any) -> ChargingProfileChanged:
    station, number = override.get("station", STATION), override.get("profile_id", 7)
    schedule = ChargingSchedule(unit="W", periods=(SchedulePeriod(limit=Decimal("11000.5")),))
    profile: dict[str, Any] = {"purpose": "TxDefaultProfile", "kind": "Relative", "schedules": (schedule,)}
    given: dict[str, Any] = {
        "id": "charging-profile-change-1",
        "charging_profile": charging_profile_of(station, number),
        "station": station,
        "profile_id": number,
        "revision": 1,
        "evse": 1,
        "profile": ChargingProfile(**profile | {"profile_id": number} | (content or {})),
        "status": "installed",
        "known": "accepted",
        "command_id": "c1",
        "requested_at": NOON,
        "requested_by": "operator",
        "confirmed_at": NOON,
        "changed_at": NOON,
    }
    return ChargingProfileChanged(**{**given, **override})


def an_exchange(**override: Any) -> Exchange:
    given: dict[str, Any] = {
        "id": f"{STATION}:1:1",
        "station": STATION,
        "version": "1.6",
        "epoch": 1,
        "sequence": 1,
        "direction": "in",
        "kind": "call",
        "message_id": "m1",
        "action": "Heartbeat",
        "error": "",
        "text": '[2,"m1","Heartbeat",{}]',
        "size": 23,
        "at": NOON,
        "transaction_id": "",
    }
    return Exchange(**{**given, **override})


def an_answer(**override: Any) -> Answer:
    given: dict[str, Any] = {
        "id": f"{STATION}:1:2",
        "sequence": 2,
        "kind": "result",
        "error": "",
        "text": '[3,"m1",{}]',
        "size": 11,
        "at": NOON + timedelta(milliseconds=8),
        "latency_ms": 8.0,
    }
    return Answer(**{**given, **override})
