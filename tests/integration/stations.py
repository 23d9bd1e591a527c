"""Stations written by others: the `ocpp` library's ChargePoint classes, made to charge."""

import asyncio
import base64
import contextlib
import datetime as dt
import itertools
from collections.abc import AsyncIterator
from typing import Any

import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from ocpp import v16, v21, v201
from ocpp.routing import after, on
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v21 import call as call21
from ocpp.v21 import call_result as result21
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

from tests import roots

READINGS_WH = (1_000_250, 1_002_500, 1_007_321)
"""The registers of one session: it delivers 7,321 Wh from a register of 1,000,000."""

START_WH = 1_000_000
DELIVERED_WH = READINGS_WH[-1] - START_WH


def stamp(minute: int = 0) -> str:
    """A moment of the session, `minute` minutes in."""
    moment = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1) + dt.timedelta(minutes=minute)
    return moment.isoformat().replace("+00:00", "Z")


READ_ONLY_16 = {"SendLocalListMaxLength", "GetConfigurationMaxKeys"}

VARIABLES_2X = {
    ("DeviceDataCtrlr", "ItemsPerMessage", "GetVariables"): "2",
    ("DeviceDataCtrlr", "ItemsPerMessage", "SetVariables"): "1",
    ("OCPPCommCtrlr", "HeartbeatInterval", ""): "60",
    ("Vendor", "Light", ""): "5",
}
"""The variables of a 2.x station: component, variable, instance."""


SIGNS = {
    "SignChargingStationCertificate": "ChargingStationCertificate",
    "SignV2GCertificate": "V2GCertificate",
    "SignV2G20Certificate": "V2G20Certificate",
}
"""What a 2.x station is asked for by these triggers."""


class KeysMade:
    """The keys that a station made, its requests, and the chains that it took: those of its newest key alone."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.organization = "Operator of tests"
        self.chains = list[list[x509.Certificate]]()
        self.named = list[tuple[str | None, int | None]]()
        self.refuses = False
        self._key = ec.generate_private_key(ec.SECP256R1())

    def request(self) -> str:
        """A request with a new key, in PEM (RFC 2986)."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        parts = [(NameOID.ORGANIZATION_NAME, self.organization), (NameOID.COMMON_NAME, self.name)]
        subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
        request = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(self._key, hashes.SHA256())
        return request.public_bytes(Encoding.PEM).decode()

    def takes(self, chain: str) -> str:
        """Rejected where the chain is not for the newest key, or does not hold together (A02.FR.06)."""
        leaf, *issuers = x509.load_pem_x509_certificates(chain.encode())
        for below, above in itertools.pairwise([leaf, *issuers]):
            below.verify_directly_issued_by(above)
        if self.refuses or leaf.public_key() != self._key.public_key():
            return "Rejected"
        self.chains.append([leaf, *issuers])
        return "Accepted"


class Station16(v16.ChargePoint):
    """An OCPP 1.6 station."""

    subprotocol = "ocpp1.6"

    def __init__(self, name: str, connection: Any) -> None:
        super().__init__(name, connection)
        self.heard: list[str] = []
        self.stop_asked = asyncio.Event()
        self.start_asked = asyncio.Event()
        self.reserved: int | None = None
        self.profiles: dict[int, dict[str, Any]] = {}
        self.logs: list[tuple[str, int | None]] = []
        self.certificates = list[tuple[str, dict[str, str]]]()
        self.keys_made = KeysMade(name)
        self.local_list, self.list_version = dict[str, str](), 0
        self.keys = {
            "SendLocalListMaxLength": "2",
            "GetConfigurationMaxKeys": "2",
            "HeartbeatInterval": "60",
            "Light": "5",
        }

    @on("ExtendedTriggerMessage")
    def on_trigger(self, requested_message: str, **_: Any) -> Any:
        known = requested_message == "SignChargePointCertificate"
        return result16.ExtendedTriggerMessage(status="Accepted" if known else "NotImplemented")

    @after("ExtendedTriggerMessage")
    async def asks_for_a_certificate(self, requested_message: str = "", **_: Any) -> None:
        await self.asks_to_sign(self.keys_made.request())

    async def asks_to_sign(self, csr: str) -> str:
        answer = await self.call(call16.SignCertificate(csr=csr))
        return str(answer.status)

    @on("CertificateSigned")
    def on_signed(self, certificate_chain: str) -> Any:
        return result16.CertificateSigned(status=self.keys_made.takes(certificate_chain))

    @on("InstallCertificate")
    def on_install_certificate(self, certificate_type: str, certificate: str) -> Any:
        try:
            self.certificates.append((certificate_type, roots.named(certificate)))
        except ValueError:
            return result16.InstallCertificate(status="Rejected")
        return result16.InstallCertificate(status="Accepted")

    @on("GetInstalledCertificateIds")
    def on_list_certificates(self, certificate_type: str) -> Any:
        found = [name for use, name in self.certificates if use == certificate_type]
        if not found:
            return result16.GetInstalledCertificateIds(status="NotFound")
        return result16.GetInstalledCertificateIds(status="Accepted", certificate_hash_data=found)

    @on("DeleteCertificate")
    def on_delete_certificate(self, certificate_hash_data: dict[str, str]) -> Any:
        kept = [one for one in self.certificates if one[1]["serialNumber"] != certificate_hash_data["serial_number"]]
        found, self.certificates = len(kept) < len(self.certificates), kept
        return result16.DeleteCertificate(status="Accepted" if found else "NotFound")

    @on("GetLocalListVersion")
    def on_list_version(self, **_: Any) -> Any:
        return result16.GetLocalListVersion(list_version=self.list_version)

    @on("SendLocalList")
    def on_list(self, list_version: int, update_type: str, local_authorization_list: Any = (), **_: Any) -> Any:
        if update_type == "Full":
            self.local_list = {}
        elif list_version <= self.list_version:
            return result16.SendLocalList(status="VersionMismatch")
        for entry in local_authorization_list:
            self.local_list.pop(entry["id_tag"], None)
            if "id_tag_info" in entry:
                self.local_list[entry["id_tag"]] = entry["id_tag_info"]["status"]
        self.list_version = list_version
        return result16.SendLocalList(status="Accepted")

    @on("GetConfiguration")
    def on_configuration(self, key: Any = (), **_: Any) -> Any:
        asked = list(key) or list(self.keys)
        known = [
            {"key": name, "readonly": name in READ_ONLY_16, "value": self.keys[name]}
            for name in asked
            if name in self.keys
        ]
        unknown = [name for name in asked if name not in self.keys]
        return result16.GetConfiguration(configuration_key=known, unknown_key=unknown)

    @on("ChangeConfiguration")
    def on_change(self, key: str, value: str, **_: Any) -> Any:
        self.heard.append(f"ChangeConfiguration {key}")
        if key not in self.keys:
            return result16.ChangeConfiguration(status="NotSupported")
        if key in READ_ONLY_16:
            return result16.ChangeConfiguration(status="Rejected")
        self.keys[key] = value
        return result16.ChangeConfiguration(status="Accepted")

    @on("GetDiagnostics")
    def on_get_diagnostics(self, location: str, **_: Any) -> Any:
        self.logs.append((location, None))
        return result16.GetDiagnostics(file_name="diagnostics.log")

    @on("GetLog")
    def on_get_log(self, log: dict[str, Any], request_id: int, **_: Any) -> Any:
        self.logs.append((log["remote_location"], request_id))
        return result16.GetLog(status="Accepted", filename="security.log")

    async def tell_security(self, type: str, at: str, info: str | None = None) -> None:
        await self.call(call16.SecurityEventNotification(type=type, timestamp=at, tech_info=info))

    async def tells_log(self, status: str, request_id: int | None) -> None:
        """How the upload goes: of diagnostics without a number, of other logs with it."""
        if request_id is None:
            await self.call(call16.DiagnosticsStatusNotification(status=status))
        else:
            await self.call(call16.LogStatusNotification(status=status, request_id=request_id))

    @on("ReserveNow")
    def on_reserve(self, reservation_id: int, **_: Any) -> Any:
        if self.reserved is not None:
            return result16.ReserveNow(status="Occupied")
        self.reserved = reservation_id
        return result16.ReserveNow(status="Accepted")

    @on("CancelReservation")
    def on_cancel_reservation(self, reservation_id: int, **_: Any) -> Any:
        known, self.reserved = self.reserved == reservation_id, None
        return result16.CancelReservation(status="Accepted" if known else "Rejected")

    @on("Reset")
    def on_reset(self, type: str, **_: Any) -> Any:
        self.heard.append(f"Reset {type}")
        return result16.Reset(status="Accepted")

    @on("RemoteStartTransaction")
    def on_remote_start(self, id_tag: str, **_: Any) -> Any:
        self.heard.append(f"RemoteStart {id_tag}")
        self.start_asked.set()
        return result16.RemoteStartTransaction(status="Accepted")

    @on("RemoteStopTransaction")
    def on_remote_stop(self, transaction_id: int, **_: Any) -> Any:
        self.heard.append(f"RemoteStop {transaction_id}")
        self.stop_asked.set()
        return result16.RemoteStopTransaction(status="Accepted")

    @on("SetChargingProfile")
    def on_profile(self, cs_charging_profiles: dict[str, Any], **_: Any) -> Any:
        periods = cs_charging_profiles["charging_schedule"]["charging_schedule_period"]
        self.heard.append(f"SetChargingProfile {periods[0]['limit']:.0f}")
        self.profiles[cs_charging_profiles["charging_profile_id"]] = cs_charging_profiles
        return result16.SetChargingProfile(status="Accepted")

    @on("ClearChargingProfile")
    def on_clear_profile(self, id: int | None = None, **_: Any) -> Any:
        known = self.profiles.pop(id or 0, None)
        return result16.ClearChargingProfile(status="Unknown" if known is None else "Accepted")

    @on("GetCompositeSchedule")
    def on_composite(self, connector_id: int, duration: int, **_: Any) -> Any:
        (profile,) = self.profiles.values()
        told = profile["charging_schedule"]
        (period,) = told["charging_schedule_period"]
        schedule = {
            "duration": duration,
            "charging_rate_unit": told["charging_rate_unit"],
            "charging_schedule_period": [{"start_period": 0, "limit": float(period["limit"])}],
        }
        return result16.GetCompositeSchedule(
            status="Accepted", connector_id=connector_id, schedule_start=stamp(), charging_schedule=schedule
        )

    async def boot(self) -> str:
        answer = await self.call(
            call16.BootNotification(charge_point_model="Wallbox", charge_point_vendor="Others", firmware_version="1.0")
        )
        await self.call(call16.StatusNotification(connector_id=1, error_code="NoError", status="Available"))
        return str(answer.status)

    async def authorize(self, token: str) -> str:
        answer = await self.call(call16.Authorize(id_tag=token))
        return str(answer.id_tag_info["status"])

    async def start(self, token: str, reservation_id: int | None = None) -> str:
        started = await self.call(
            call16.StartTransaction(
                connector_id=1, id_tag=token, meter_start=START_WH, timestamp=stamp(), reservation_id=reservation_id
            )
        )
        self.transaction = started.transaction_id
        await self.call(call16.StatusNotification(connector_id=1, error_code="NoError", status="Charging"))
        return str(self.transaction)

    async def meter(self, minute: int, register_wh: int) -> None:
        sampled = [
            {"value": str(register_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "11.04", "measurand": "Power.Active.Import", "unit": "kW"},
        ]
        await self.call(
            call16.MeterValues(
                connector_id=1,
                transaction_id=self.transaction,
                meter_value=[{"timestamp": stamp(minute), "sampled_value": sampled}],
            )
        )

    async def end(self, minute: int, register_wh: int) -> None:
        await self.call(
            call16.StopTransaction(
                meter_stop=register_wh, timestamp=stamp(minute), transaction_id=self.transaction, reason="Remote"
            )
        )
        await self.call(call16.StatusNotification(connector_id=1, error_code="NoError", status="Available"))


def station_2x(chargepoint: Any, call: Any, result: Any, subprotocol_name: str) -> type:
    """A station class of a 2.x version: the same conversation, the version's own types."""

    class Station2x(chargepoint):  # type: ignore[misc]
        subprotocol = subprotocol_name

        def __init__(self, name: str, connection: Any) -> None:
            super().__init__(name, connection)
            self.heard: list[str] = []
            self.stop_asked = asyncio.Event()
            self.start_asked = asyncio.Event()
            self.running_costs: list[float | None] = []
            self.total_cost: float | None = None
            self.limits = list[dict[str, Any]]()
            self.reserved: int | None = None
            self.profiles: dict[int, dict[str, Any]] = {}
            self.asked_to_report = 0
            self.logs: list[tuple[str, int | None]] = []
            self.local_list, self.list_version = dict[str, str](), 0
            self.variables = dict(VARIABLES_2X)
            self.monitors = dict[int, dict[str, Any]]()
            self.shown: dict[int, dict[str, Any]] = {}
            self.der: dict[str, dict[str, Any]] = {}
            self.batteries = False
            self.certificates = list[tuple[str, dict[str, str]]]()
            self.keys_made = KeysMade(name)
            self.transaction = ""
            self._seq_no = 0

        @on("TriggerMessage")
        def on_trigger(self, requested_message: str, **_: Any) -> Any:
            return result.TriggerMessage(status="Accepted" if requested_message in SIGNS else "NotImplemented")

        @after("TriggerMessage")
        async def asks_for_a_certificate(self, requested_message: str, **_: Any) -> None:
            if requested_message in SIGNS:
                await self.asks_to_sign(self.keys_made.request(), certificate_type=SIGNS[requested_message])

        async def asks_to_sign(self, csr: str, **more: Any) -> str:
            answer = await self.call(call.SignCertificate(csr=csr, **more))
            return str(answer.status)

        @on("CertificateSigned")
        def on_signed(
            self, certificate_chain: str, certificate_type: Any = None, request_id: Any = None, **_: Any
        ) -> Any:
            self.keys_made.named.append((certificate_type, request_id))
            return result.CertificateSigned(status=self.keys_made.takes(certificate_chain))

        @on("RequestBatterySwap")
        def on_swap(self, **_: Any) -> Any:
            if not self.batteries:
                reason = {"reason_code": "NoBatteryAvailable"}
                return result.RequestBatterySwap(status="Rejected", status_info=reason)
            return result.RequestBatterySwap(status="Accepted")

        @after("RequestBatterySwap")
        async def swap(self, request_id: int, id_token: dict[str, str], **_: Any) -> None:
            if self.batteries:
                await self.swaps("BatteryIn", request_id, slot=1, token=id_token["id_token"])
                await self.swaps("BatteryOut", request_id, slot=2, token=id_token["id_token"])

        async def swaps(
            self, event: str, number: int, *, slot: int, serial: str = "B", soc: int = 50, token: str = "04A2B3C4D5"
        ) -> None:
            battery = {"evse_id": slot, "serial_number": f"{serial}", "so_c": soc, "so_h": 98}
            driver = {"id_token": token, "type": "ISO14443"}
            await self.call(
                call.BatterySwap(battery_data=[battery], event_type=event, id_token=driver, request_id=number)
            )

        @on("SetDERControl")
        def on_der(self, control_id: str, **control: Any) -> Any:
            if control["control_type"] == "WattPF":
                return result.SetDERControl(status="NotSupported")
            older = [number for number, one in self.der.items() if one["control_type"] == control["control_type"]]
            self.der[control_id] = control
            return result.SetDERControl(status="Accepted", superseded_ids=older or None)

        @on("ClearDERControl")
        def on_clear_der(self, is_default: bool, control_id: str | None = None, **_: Any) -> Any:
            found = [number for number, one in self.der.items() if one["is_default"] == is_default]
            found = [number for number in found if control_id in (None, number)]
            for number in found:
                del self.der[number]
            return result.ClearDERControl(status="Accepted" if found else "NotFound")

        @on("GetDERControl")
        def on_get_der(self, **_: Any) -> Any:
            return result.GetDERControl(status="Accepted" if self.der else "NotFound")

        @after("GetDERControl")
        async def tell_der(self, request_id: int, **_: Any) -> None:
            """One part for each control (R04.FR.32); all of them are curves."""
            for number, (control_id, one) in enumerate(self.der.items(), 1):
                entry = {"id": control_id, "is_default": one["is_default"], "is_superseded": False}
                entry |= {"curve_type": one["control_type"], "curve": one["curve"]}
                more = number < len(self.der)
                await self.call(call.ReportDERControl(request_id=request_id, curve=[entry], tbc=more))

        async def tell_der_alarm(self, at: str, *, ended: bool = False) -> None:
            alarm = call.NotifyDERAlarm(
                control_type="FreqWatt", grid_event_fault="OverFrequency", alarm_ended=ended, timestamp=at
            )
            await self.call(alarm)

        async def tell_der_start(self, control_id: str, at: str) -> None:
            await self.call(call.NotifyDERStartStop(control_id=control_id, started=True, timestamp=at))

        @on("InstallCertificate")
        def on_install_certificate(self, certificate_type: str, certificate: str, **_: Any) -> Any:
            try:
                self.certificates.append((certificate_type, roots.named(certificate)))
            except ValueError:
                return result.InstallCertificate(status="Rejected")
            return result.InstallCertificate(status="Accepted")

        @on("GetInstalledCertificateIds")
        def on_list_certificates(self, certificate_type: Any = None, **_: Any) -> Any:
            found = [
                {"certificate_type": use, "certificate_hash_data": name}
                for use, name in self.certificates
                if not certificate_type or use in certificate_type
            ]
            if not found:
                return result.GetInstalledCertificateIds(status="NotFound")
            return result.GetInstalledCertificateIds(status="Accepted", certificate_hash_data_chain=found)

        @on("DeleteCertificate")
        def on_delete_certificate(self, certificate_hash_data: dict[str, str], **_: Any) -> Any:
            number = certificate_hash_data["serial_number"]
            kept = [one for one in self.certificates if one[1]["serialNumber"] != number]
            found, self.certificates = len(kept) < len(self.certificates), kept
            return result.DeleteCertificate(status="Accepted" if found else "NotFound")

        async def tell_security(self, type: str, at: str, info: str | None = None) -> None:
            await self.call(call.SecurityEventNotification(type=type, timestamp=at, tech_info=info))

        @on("CustomerInformation")
        def on_customer(self, **_: Any) -> Any:
            return result.CustomerInformation(status="Accepted")

        @after("CustomerInformation")
        async def tell_customer(self, request_id: int, report: bool, **_: Any) -> None:
            """In two parts, where it is told (N09.FR.05); in one, where it is cleared (N10.FR.06)."""
            texts = ("Jane", " Doe") if report else ("cleared",)
            for number, text in enumerate(texts):
                part = {"data": text, "seq_no": number, "tbc": number < len(texts) - 1, "generated_at": stamp()}
                await self.call(call.NotifyCustomerInformation(request_id=request_id, **part))

        @on("SetDisplayMessage")
        def on_show(self, message: dict[str, Any], **_: Any) -> Any:
            if message["priority"] == "AlwaysFront":
                return result.SetDisplayMessage(status="NotSupportedPriority")
            if message.get("transaction_id", self.transaction) != self.transaction:
                return result.SetDisplayMessage(status="UnknownTransaction")
            self.shown[message["id"]] = message
            return result.SetDisplayMessage(status="Accepted")

        @on("ClearDisplayMessage")
        def on_clear_display(self, id: int, **_: Any) -> Any:
            known = self.shown.pop(id, None) is not None
            return result.ClearDisplayMessage(status="Accepted" if known else "Unknown")

        @on("GetDisplayMessages")
        def on_displays(self, **_: Any) -> Any:
            return result.GetDisplayMessages(status="Accepted" if self.shown else "Unknown")

        @after("GetDisplayMessages")
        async def tell_displays(self, request_id: int, **_: Any) -> None:
            """One part for each message (O03.FR.03)."""
            for number, message in enumerate(self.shown.values(), 1):
                more = number < len(self.shown)
                await self.call(call.NotifyDisplayMessages(request_id=request_id, message_info=[message], tbc=more))

        @on("GetVariables")
        def on_variables(self, get_variable_data: Any, **_: Any) -> Any:
            told = {"ItemsPerMessage": {"attribute_status": "Accepted", "attribute_value": "2"}}
            unknown = {"attribute_status": "UnknownVariable"}
            return result.GetVariables(
                get_variable_result=[{**told.get(one["variable"]["name"], unknown), **one} for one in get_variable_data]
            )

        @on("GetLocalListVersion")
        def on_list_version(self, **_: Any) -> Any:
            return result.GetLocalListVersion(version_number=self.list_version)

        @on("SendLocalList")
        def on_list(self, version_number: int, update_type: str, local_authorization_list: Any = (), **_: Any) -> Any:
            if update_type == "Full":
                self.local_list = {}
            elif version_number <= self.list_version:
                return result.SendLocalList(status="VersionMismatch")
            for entry in local_authorization_list:
                token = entry["id_token"]["id_token"]
                self.local_list.pop(token, None)
                if "id_token_info" in entry:
                    self.local_list[token] = entry["id_token_info"]["status"]
            self.list_version = version_number
            return result.SendLocalList(status="Accepted")

        @on("GetLog")
        def on_get_log(self, log: dict[str, Any], request_id: int, **_: Any) -> Any:
            self.logs.append((log["remote_location"], request_id))
            return result.GetLog(status="Accepted", filename="station.log")

        async def tells_log(self, status: str, request_id: int | None) -> None:
            """How the upload goes."""
            await self.call(call.LogStatusNotification(status=status, request_id=request_id))

        @on("GetBaseReport")
        def on_base_report(self, request_id: int, **_: Any) -> Any:
            del request_id
            return result.GetBaseReport(status="Accepted")

        @after("GetBaseReport")
        async def report(self, request_id: int, **_: Any) -> None:
            """NotifyReport: a variable a part."""
            last = len(self.variables) - 1
            for number, ((component, variable, instance), value) in enumerate(self.variables.items()):
                named = {"name": variable, "instance": instance} if instance else {"name": variable}
                entry = {
                    "component": {"name": component},
                    "variable": named,
                    "variable_attribute": [{"value": value, "mutability": "ReadOnly" if instance else "ReadWrite"}],
                    "variable_characteristics": {"data_type": "integer", "supports_monitoring": False},
                }
                await self.call(
                    call.NotifyReport(
                        request_id=request_id,
                        generated_at=stamp(),
                        seq_no=number,
                        report_data=[entry],
                        tbc=number < last,
                    )
                )

        @on("SetVariableMonitoring")
        def on_set_monitors(self, set_monitoring_data: list[dict[str, Any]], **_: Any) -> Any:
            results = []
            for each in set_monitoring_data:
                self.monitors[len(self.monitors) + 1] = each
                kept = {name: each[name] for name in ("type", "severity", "component", "variable")}
                results.append({"status": "Accepted", "id": len(self.monitors), **kept})
            return result.SetVariableMonitoring(set_monitoring_result=results)

        @on("ClearVariableMonitoring")
        def on_clear_monitors(self, id: list[int], **_: Any) -> Any:
            words = {number: "NotFound" if self.monitors.pop(number, None) is None else "Accepted" for number in id}
            results = [{"status": word, "id": number} for number, word in words.items()]
            return result.ClearVariableMonitoring(clear_monitoring_result=results)

        @on("GetMonitoringReport")
        def on_monitoring_report(self, **_: Any) -> Any:
            return result.GetMonitoringReport(status="Accepted" if self.monitors else "EmptyResultSet")

        @after("GetMonitoringReport")
        async def report_monitors(self, request_id: int, **_: Any) -> None:
            """NotifyMonitoringReport, in one part."""
            origin = {"event_notification_type": "CustomMonitor"} if subprotocol_name == "ocpp2.1" else {}
            entries = [
                {
                    "component": each["component"],
                    "variable": each["variable"],
                    "variable_monitoring": [
                        {
                            "id": number,
                            "transaction": False,
                            **{name: each[name] for name in ("value", "type", "severity")},
                        }
                        | origin
                    ],
                }
                for number, each in self.monitors.items()
            ]
            if entries:
                await self.call(
                    call.NotifyMonitoringReport(request_id=request_id, generated_at=stamp(), seq_no=0, monitor=entries)
                )

        async def tells_event(self, component: str, variable: str, value: str) -> None:
            """NotifyEvent: a variable of connector 1 of EVSE 1 has another value (N07)."""
            event = {
                "event_id": 5,
                "timestamp": stamp(61),
                "trigger": "Delta",
                "actual_value": value,
                "component": {"name": component, "evse": {"id": 1, "connector_id": 1}},
                "variable": {"name": variable},
                "event_notification_type": "HardWiredNotification",
            }
            await self.call(call.NotifyEvent(generated_at=stamp(61), seq_no=0, event_data=[event]))

        @on("GetVariables")
        def on_get_variables(self, get_variable_data: list[dict[str, Any]], **_: Any) -> Any:
            self.heard.append(f"GetVariables {len(get_variable_data)}")
            return result.GetVariables(get_variable_result=[self._variable(each) for each in get_variable_data])

        @on("SetVariables")
        def on_set_variables(self, set_variable_data: list[dict[str, Any]], **_: Any) -> Any:
            self.heard.append(f"SetVariables {len(set_variable_data)}")
            results = []
            for each in set_variable_data:
                found = self._variable(each)
                found.pop("attribute_value", None)
                if found["attribute_status"] == "Accepted":
                    self.variables[each["component"]["name"], each["variable"]["name"], ""] = each["attribute_value"]
                results.append(found)
            return result.SetVariables(set_variable_result=results)

        def _variable(self, each: dict[str, Any]) -> dict[str, Any]:
            name = (each["component"]["name"], each["variable"]["name"], each["variable"].get("instance", ""))
            told = {"component": each["component"], "variable": each["variable"]}
            if name not in self.variables:
                return told | {"attribute_status": "UnknownVariable"}
            return told | {"attribute_status": "Accepted", "attribute_value": self.variables[name]}

        @on("ReserveNow")
        def on_reserve(self, id: int, **_: Any) -> Any:
            if self.reserved is not None:
                return result.ReserveNow(status="Occupied")
            self.reserved = id
            return result.ReserveNow(status="Accepted")

        @on("CancelReservation")
        def on_cancel_reservation(self, reservation_id: int, **_: Any) -> Any:
            known, self.reserved = self.reserved == reservation_id, None
            return result.CancelReservation(status="Accepted" if known else "Rejected")

        async def gives_up(self, reservation_id: int) -> None:
            """ReservationStatusUpdate: its EVSE is Faulted (H01.FR.16)."""
            self.reserved = None
            await self.call(
                call.ReservationStatusUpdate(reservation_id=reservation_id, reservation_update_status="Removed")
            )

        @on("Reset")
        def on_reset(self, type: str, **_: Any) -> Any:
            self.heard.append(f"Reset {type}")
            return result.Reset(status="Accepted")

        @on("RequestStartTransaction")
        def on_remote_start(self, id_token: dict[str, Any], **_: Any) -> Any:
            self.heard.append(f"RemoteStart {id_token['id_token']}")
            self.start_asked.set()
            return result.RequestStartTransaction(status="Accepted")

        @on("GetTransactionStatus")
        def on_transaction_status(self, transaction_id: str | None = None, **_: Any) -> Any:
            goes_on = None if transaction_id is None else transaction_id == self.transaction
            return result.GetTransactionStatus(messages_in_queue=False, ongoing_indicator=goes_on)

        def loses(self, events: int) -> None:
            """So many events are never sent: the power failed before they were written."""
            self._seq_no += events

        @on("RequestStopTransaction")
        def on_remote_stop(self, transaction_id: str, **_: Any) -> Any:
            self.heard.append(f"RemoteStop {transaction_id}")
            self.stop_asked.set()
            return result.RequestStopTransaction(status="Accepted")

        @on("SetChargingProfile")
        def on_profile(self, charging_profile: dict[str, Any], **_: Any) -> Any:
            periods = charging_profile["charging_schedule"][0]["charging_schedule_period"]
            self.heard.append(f"SetChargingProfile {periods[0]['limit']:.0f}")
            self.profiles[charging_profile["id"]] = charging_profile
            return result.SetChargingProfile(status="Accepted")

        @on("ClearChargingProfile")
        def on_clear_profile(self, charging_profile_id: int | None = None, **_: Any) -> Any:
            known = self.profiles.pop(charging_profile_id or 0, None)
            return result.ClearChargingProfile(status="Unknown" if known is None else "Accepted")

        @on("GetCompositeSchedule")
        def on_composite(self, evse_id: int, duration: int, **_: Any) -> Any:
            (profile,) = self.profiles.values()
            (told,) = profile["charging_schedule"]
            schedule = {
                "evse_id": evse_id,
                "duration": duration,
                "schedule_start": stamp(),
                "charging_rate_unit": told["charging_rate_unit"],
                "charging_schedule_period": told["charging_schedule_period"],
            }
            return result.GetCompositeSchedule(status="Accepted", schedule=schedule)

        @on("GetChargingProfiles")
        def on_report_profiles(self, request_id: int, **_: Any) -> Any:
            self.asked_to_report = request_id
            return result.GetChargingProfiles(status="Accepted")

        async def reports_profiles(self, *profiles: dict[str, Any], source: str = "CSO", last: bool = True) -> None:
            """A part of what was asked for."""
            await self.call(
                call.ReportChargingProfiles(
                    request_id=self.asked_to_report,
                    charging_limit_source=source,
                    charging_profile=list(profiles),
                    evse_id=1,
                    tbc=not last,
                )
            )

        async def is_limited(self, source: str) -> None:
            """NotifyChargingLimit: somebody else limits it (K12)."""
            await self.call(call.NotifyChargingLimit(charging_limit={"charging_limit_source": source}))

        async def is_free_again(self, source: str) -> None:
            """ClearedChargingLimit (K13)."""
            await self.call(call.ClearedChargingLimit(charging_limit_source=source))

        async def tells_needs(self, **needs: Any) -> str:
            """NotifyEVChargingNeeds: the answer's status (K15)."""
            answer = await self.call(call.NotifyEVChargingNeeds(evse_id=1, charging_needs=needs))
            return str(answer.status)

        async def means_to_charge(self, watts: int) -> str:
            """NotifyEVChargingSchedule: the answer's status (K15, K16)."""
            schedule = {
                "id": 1,
                "charging_rate_unit": "W",
                "charging_schedule_period": [{"start_period": 0, "limit": watts}],
            }
            answer = await self.call(
                call.NotifyEVChargingSchedule(time_base=stamp(), evse_id=1, charging_schedule=schedule)
            )
            return str(answer.status)

        async def pulls(self, number: int) -> Any:
            """PullDynamicScheduleUpdate, of 2.1 (K28)."""
            return await self.call(call.PullDynamicScheduleUpdate(charging_profile_id=number))

        async def boot(self) -> str:
            answer = await self.call(
                call.BootNotification(
                    charging_station={"model": "Hypercharger", "vendor_name": "Others", "firmware_version": "2.0"},
                    reason="PowerUp",
                )
            )
            await self._status("Available")
            return str(answer.status)

        async def _status(self, status: str) -> None:
            await self.call(
                call.StatusNotification(timestamp=stamp(), connector_status=status, evse_id=1, connector_id=1)
            )

        async def authorize(self, token: str) -> str:
            answer = await self.call(call.Authorize(id_token={"id_token": token, "type": "ISO14443"}))
            return str(answer.id_token_info["status"])

        async def _event(self, kind: str, minute: int, register_wh: int, **more: Any) -> Any:
            sampled = [
                {
                    "value": register_wh / 1000,
                    "measurand": "Energy.Active.Import.Register",
                    "unit_of_measure": {"unit": "kWh"},
                },
                {"value": 11040, "measurand": "Power.Active.Import", "unit_of_measure": {"unit": "W"}},
            ]
            info = {"transaction_id": self.transaction, **more.pop("info", {})}
            self._seq_no += 1
            answer = await self.call(
                call.TransactionEvent(
                    event_type=kind,
                    timestamp=stamp(minute),
                    trigger_reason=more.pop("trigger", "MeterValuePeriodic"),
                    seq_no=self._seq_no,
                    transaction_info=info,
                    meter_value=[{"timestamp": stamp(minute), "sampled_value": sampled}],
                    evse={"id": 1, "connector_id": 1},
                    **more,
                )
            )
            if limit := getattr(answer, "transaction_limit", None):
                self.limits.append(limit)
            return answer

        async def start(self, token: str, reservation_id: int | None = None) -> str:
            self.transaction = f"tx-{self.id}-{id(self) % 10_000}"
            await self._event(
                "Started",
                0,
                START_WH,
                trigger="Authorized",
                info={"charging_state": "Charging"},
                id_token={"id_token": token, "type": "ISO14443"},
                **({} if reservation_id is None else {"reservation_id": reservation_id}),
            )
            await self._status("Occupied")
            return self.transaction

        async def meter(self, minute: int, register_wh: int) -> None:
            answer = await self._event("Updated", minute, register_wh)
            self.running_costs.append(answer.total_cost)

        async def end(self, minute: int, register_wh: int) -> None:
            answer = await self._event(
                "Ended", minute, register_wh, trigger="RemoteStop", info={"stopped_reason": "Remote"}
            )
            self.total_cost = answer.total_cost
            await self._status("Available")

    return Station2x


Station201 = station_2x(v201.ChargePoint, call201, result201, "ocpp2.0.1")
Station21 = station_2x(v21.ChargePoint, call21, result21, "ocpp2.1")
KINDS: dict[str, Any] = {"1.6": Station16, "2.0.1": Station201, "2.1": Station21}


@contextlib.asynccontextmanager
async def connected(
    version: str, name: str, url: str, *, password: str | None = None, kind: Any = None
) -> AsyncIterator[Any]:
    """A station of that version, connected and listening; of another class than its version's where `kind` is given."""
    kind = kind or KINDS[version]
    headers = {}
    if password is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
    async with websockets.connect(
        f"{url}/{name}", subprotocols=[kind.subprotocol], additional_headers=headers
    ) as socket:
        station = kind(name, socket)
        listening = asyncio.create_task(
            station.start_listening() if hasattr(station, "start_listening") else _listen(station)
        )
        try:
            yield station
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, websockets.ConnectionClosed):
                await listening


async def _listen(station: Any) -> None:
    while True:
        message = await station._connection.recv()
        await station.route_message(message)
