"""Stations written by others: the `ocpp` library's ChargePoint classes, made to charge."""

import asyncio
import base64
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import websockets
from ocpp import v16, v21, v201
from ocpp.routing import on
from ocpp.v16 import call as call16
from ocpp.v16 import call_result as result16
from ocpp.v21 import call as call21
from ocpp.v21 import call_result as result21
from ocpp.v201 import call as call201
from ocpp.v201 import call_result as result201

READINGS_WH = (1_000_250, 1_002_500, 1_007_321)
"""The registers of one session: it delivers 7,321 Wh from a register of 1,000,000."""

START_WH = 1_000_000
DELIVERED_WH = READINGS_WH[-1] - START_WH


def stamp(minute: int = 0) -> str:
    """A moment of the session, `minute` minutes in."""
    moment = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1) + dt.timedelta(minutes=minute)
    return moment.isoformat().replace("+00:00", "Z")


class Station16(v16.ChargePoint):
    """An OCPP 1.6 station."""

    subprotocol = "ocpp1.6"

    def __init__(self, name: str, connection: Any) -> None:
        super().__init__(name, connection)
        self.heard: list[str] = []
        self.stop_asked = asyncio.Event()
        self.start_asked = asyncio.Event()

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
        return result16.SetChargingProfile(status="Accepted")

    async def boot(self) -> str:
        answer = await self.call(
            call16.BootNotification(charge_point_model="Wallbox", charge_point_vendor="Others", firmware_version="1.0")
        )
        await self.call(call16.StatusNotification(connector_id=1, error_code="NoError", status="Available"))
        return str(answer.status)

    async def authorize(self, token: str) -> str:
        answer = await self.call(call16.Authorize(id_tag=token))
        return str(answer.id_tag_info["status"])

    async def start(self, token: str) -> str:
        started = await self.call(
            call16.StartTransaction(connector_id=1, id_tag=token, meter_start=START_WH, timestamp=stamp())
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
            self._seq_no = 0

        @on("Reset")
        def on_reset(self, type: str, **_: Any) -> Any:
            self.heard.append(f"Reset {type}")
            return result.Reset(status="Accepted")

        @on("RequestStartTransaction")
        def on_remote_start(self, id_token: dict[str, Any], **_: Any) -> Any:
            self.heard.append(f"RemoteStart {id_token['id_token']}")
            self.start_asked.set()
            return result.RequestStartTransaction(status="Accepted")

        @on("RequestStopTransaction")
        def on_remote_stop(self, transaction_id: str, **_: Any) -> Any:
            self.heard.append(f"RemoteStop {transaction_id}")
            self.stop_asked.set()
            return result.RequestStopTransaction(status="Accepted")

        @on("SetChargingProfile")
        def on_profile(self, charging_profile: dict[str, Any], **_: Any) -> Any:
            periods = charging_profile["charging_schedule"][0]["charging_schedule_period"]
            self.heard.append(f"SetChargingProfile {periods[0]['limit']:.0f}")
            return result.SetChargingProfile(status="Accepted")

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
            return await self.call(
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

        async def start(self, token: str) -> str:
            self.transaction = f"tx-{self.id}-{id(self) % 10_000}"
            await self._event(
                "Started",
                0,
                START_WH,
                trigger="Authorized",
                info={"charging_state": "Charging"},
                id_token={"id_token": token, "type": "ISO14443"},
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
async def connected(version: str, name: str, url: str, *, password: str | None = None) -> AsyncIterator[Any]:
    """A station of that version, connected and listening."""
    kind = KINDS[version]
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
