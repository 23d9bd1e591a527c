"""A simulated station: its EVSEs, its settings, the messages it sends of its own and the commands it obeys."""

import asyncio
from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

import msgspec

from loadtest.ocpp.contracts import asking_status, is_contract
from loadtest.ocpp.intents import (
    AskToSign,
    CancelReservation,
    Configure,
    InstallFirmware,
    Intent,
    KeepTariffs,
    KeepTransactionTariff,
    Reboot,
    Refusal,
    Reserve,
    Say,
    SetAvailability,
    StartCharging,
    StopCharging,
    TakeCertificate,
    Tell,
    UploadLog,
    VersionRules,
    View,
    reply,
)
from loadtest.ocpp.limits21 import said_limits
from loadtest.ocpp.messages import (
    AnyFact,
    Authorized,
    Identity,
    Measured,
    Message,
    Payload,
    Started,
    Transaction,
    stamp,
)
from loadtest.ocpp.monitoring2x import events
from loadtest.ocpp.network import Network
from loadtest.ocpp.ocppj import Answer, CallFailed
from loadtest.ocpp.payments21 import settlement, vat_question
from loadtest.ocpp.settings import default_settings
from loadtest.ocpp.websocket import Target
from loadtest.station.bay import Bay, Traffic
from loadtest.station.booting import Boots
from loadtest.station.clock import Clock
from loadtest.station.currents import LINES
from loadtest.station.curve import Meter, Outlet
from loadtest.station.drawing import Drawn
from loadtest.station.firmware import FirmwareHabits, FirmwareStatus, update
from loadtest.station.grid import SOURCE, manage
from loadtest.station.kept import Kept
from loadtest.station.limiting import Limiting, Obedience
from loadtest.station.line import Line, LinePlan, Queued
from loadtest.station.logs import LogStatus, Uploads, lines_of
from loadtest.station.obeying import bays_of, obey, retariff
from loadtest.station.presenting import Contracts, Presenting
from loadtest.station.reserved import Reservations
from loadtest.station.sensors import feel
from loadtest.station.signing import Signing
from loadtest.station.streams import Streams
from loadtest.station.tariffs import Tariffs
from loadtest.station.vehicles import Vehicles

PASSWORD = "AuthorizationKey"


class StationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a station is: decided once, from the seed. `start_ws` are its meters' registers.

    `plugs_and_charges`: it asks about the contract certificates of EVs (ISO 15118).
    `iso_15118`: of its EVs one in so many tell their needs, 0: none. `managed`: an energy management system limits it now and then.
    `feels`: it tells its temperature. `obedience`: how it obeys charging profiles.
    `lines`: the lines of the grid to which its phases are connected.
    """

    name: str
    identity: Identity
    outlets: tuple[Outlet, ...]
    start_ws: tuple[int, ...]
    password: str = ""
    client_certificates: str = ""
    firmware: FirmwareHabits = FirmwareHabits()
    tariff: Payload | None = None
    iso_15118: int = 0
    managed: bool = False
    feels: bool = False
    obedience: Obedience = Obedience()
    lines: tuple[str, ...] = LINES
    asks_to_sign_after_s: float | None = None
    plugs_and_charges: bool = False


class Station:
    """One station: a line and some bays."""

    def __init__(
        self,
        plan: StationPlan,
        rules: VersionRules,
        *,
        urls: Sequence[str],
        clock: Clock,
        random: Random,
        ids: Random | None = None,
        network: Network | None = None,
        contracts: Contracts | None = None,
        drawn: Drawn | None = None,
    ) -> None:
        self.plan, self.clock, self.drawn = plan, clock, drawn
        self.dialect = rules.dialect
        self.settings = default_settings() | {PASSWORD: plan.password}
        self._rules = rules
        self._random = random
        self._installing: asyncio.Task[None] | None = None
        self._urls = urls
        self._contracts = contracts
        self._presenting = Presenting()
        self._told: dict[int, str] = {}
        self._events = 0
        self._chores: set[asyncio.Task[None]] = set()
        self.line = Line(
            LinePlan(
                identity=plan.identity,
                dialect=rules.dialect,
                answering=self._answer,
                target=self._target,
                network=network,
            ),
            clock=clock,
            random=random,
            accepted=self._tell_all,
        )
        self.boots = Boots(self)
        self._reservations = Reservations(self, self._begin)
        self.limiting = Limiting([one.phases for one in plan.outlets], plan.obedience, Random(f"{plan.name}:limits"))
        self._kept = Kept(plan.identity.vendor, self.limiting)
        self._tariffs = Tariffs(plan.tariff, len(plan.outlets))
        self._uploads = Uploads(self, self._begin)
        self._vehicles = Vehicles(one_in=plan.iso_15118)
        self._signing = Signing(plan.name, self)
        self._streams = Streams(self, self._begin, Random(f"{plan.name}:streams"))
        self.bays = tuple(
            Bay(number, meter=Meter(outlet=outlet, start_ws=start_ws), host=self, random=random, ids=ids)
            for number, (outlet, start_ws) in enumerate(zip(plan.outlets, plan.start_ws, strict=True), start=1)
        )

    async def run(self, traffic: Sequence[Traffic]) -> None:
        """Live until cancelled."""
        self.tell_security("StartupOfTheDevice")
        self.tell_vendor("Started", f"{len(self.bays)} EVSEs")
        if self._contracts is not None:
            asked = asking_status(self.dialect.subprotocol, self._contracts.station_certificate())
            self.tell(asked, kept=True)
        self._begin(self._signing.first(self.plan.asks_to_sign_after_s))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.line.run())
                if self.plan.managed:
                    tasks.create_task(manage(self, Random(f"{self.plan.name}:{SOURCE}")))
                if self.plan.feels:
                    tasks.create_task(feel(self, Random(f"{self.plan.name}:temperature")))
                for bay, cars in zip(self.bays, traffic, strict=True):
                    tasks.create_task(bay.run(cars))
        finally:
            for chore in self._chores:
                chore.cancel()

    # -- what the bays need -------------------------------------------------------------------------------------------

    @property
    def online(self) -> bool:
        """The CSMS has accepted the station, and the connection stands."""
        return self.line.booted.is_set()

    def sample_interval_s(self) -> int:
        """MeterValueSampleInterval, SampledDataCtrlr.TxUpdatedInterval; 0 means no samples, here one an hour."""
        return int(self.settings["MeterValueSampleInterval"]) or 3_600

    def authorizes_remote_starts(self) -> bool:
        """AuthorizeRemoteTxRequests, AuthCtrlr.AuthorizeRemoteStart."""
        return self.settings["AuthorizeRemoteTxRequests"].lower() == "true"

    def reserved(self, evse: int) -> Reserve | None:
        """The reservation of an EVSE."""
        return self._reservations.of(evse)

    def use_reservation(self, evse: int, token: str) -> int | None:
        """The number of the reservation that a driver uses up; None where the EVSE is not reserved."""
        return self._reservations.use(evse, token)

    async def authorize(self, token: str) -> bool:
        """Ask the CSMS; a station that cannot ask lets the driver charge (LocalAuthorizeOffline)."""
        try:
            if self._contracts is not None and is_contract(token):
                shown = self._contracts.shown(token)
                return await self._presenting.accepted(self.line, self.dialect.subprotocol, shown)
            return self.dialect.authorized(await self.line.call(self.dialect.authorize(token)))
        except CallFailed:
            return True

    def tell_status(self, evse: int) -> None:
        """StatusNotification of an EVSE, where its word has changed."""
        state = self.bays[evse - 1].state
        word = self.dialect.connector_word(state)
        if self.online and self._told.get(evse) != word:
            self._told[evse] = word
            self.tell(self.dialect.status(evse, state, self.clock.now()))
            for event in events(self._kept.monitors, evse, word, stamp(self.clock.now()), self._events + 1):
                self._events += 1
                self.tell(event)

    def event_number(self) -> int:
        """The number of the next NotifyEvent."""
        self._events += 1
        return self._events

    def tell_security(self, type_: str, info: str = "") -> None:
        """SecurityEventNotification, which every version spells alike (A04); kept until it is answered (A04.FR.02)."""
        payload: Payload = {"type": type_, "timestamp": stamp(self.clock.now())}
        self.tell(Message("SecurityEventNotification", payload | ({"techInfo": info} if info else {})), kept=True)

    def tell_vendor(self, message_id: str, data: str) -> None:
        """DataTransfer of the station's own vendor (P02; 1.6, 4.3), kept until it is answered; every version spells a text alike."""
        payload: Payload = {"vendorId": self.plan.identity.vendor, "messageId": message_id, "data": data}
        self.tell(Message("DataTransfer", payload), kept=True)

    def record(self, fact: AnyFact, transaction: Transaction) -> None:
        """Queue a fact; it is spelled when its turn comes, for then a 1.6 transaction has its number."""
        fact = self._tariffs.priced(fact, transaction)

        def answered(payload: bytes) -> None:
            self.bays[transaction.evse - 1].limit(transaction, said_limits(payload))
            if isinstance(fact, Started | Authorized):
                answer = self.dialect.started(payload)
                transaction.transaction_id = answer.transaction_id or transaction.transaction_id
                if not answer.accepted and self.bays[transaction.evse - 1].transaction is transaction:
                    self.bays[transaction.evse - 1].stop("DeAuthorized")

        self.line.put(
            Queued(
                spelled=lambda: self.dialect.fact(fact, transaction),
                answered=answered,
                kept=True,
                dispensable=isinstance(fact, Measured),
            )
        )
        needs = self._vehicles.told(fact, transaction, self.bays, self.clock.now())
        for message in filter(None, (vat_question(fact, transaction), settlement(fact, transaction), needs)):
            self.tell(message)

    # -- what the CSMS asks -------------------------------------------------------------------------------------------

    def view(self) -> View:
        """The station as a command finds it."""
        return View(
            vendor=self.plan.identity.vendor,
            bays=tuple(bay.view() for bay in self.bays),
            settings=self.settings,
            at=stamp(self.clock.now()),
            updating=self._installing is not None and not self._installing.done(),
            uploading=self._uploads.busy,
            reserved=self._reservations.kept,
            local_list=self._kept.list.tokens,
            list_version=self._kept.list.version,
            messages=self._kept.messages,
            monitors=self._kept.monitors,
            profiles=self._kept.profiles,
            certificates=self._kept.certificates,
            public_key=self._signing.public_key,
            der=self._kept.der,
            telling=self._vehicles.telling,
            tariffs=self._tariffs.kept,
        )

    def _answer(self, action: str, payload: bytes) -> Answer:
        answer = reply(self._rules, self.view(), action, payload)
        if isinstance(answer, Refusal):
            return Answer(error_code=answer.code, error_description=answer.description)
        intents = answer.intents
        return Answer(payload=msgspec.json.encode(answer.payload), then=lambda: self._do(intents))

    def _do(self, intents: Sequence[Intent]) -> None:
        for intent in intents:
            match intent:
                case StartCharging() | StopCharging() | SetAvailability():
                    obey(self.bays, intent)
                case Configure():
                    self._configure(intent)
                case Reboot():
                    self._begin(self.boots.restart(intent))
                case Tell():
                    self._tell(intent)
                case InstallFirmware():
                    self._install(intent)
                case UploadLog():
                    self._uploads.begin(intent)
                case Reserve() | CancelReservation():
                    self._reservations.obey(intent)
                case Say():
                    self._say(intent)
                case AskToSign() | TakeCertificate():
                    self._signing.obey(intent)
                case KeepTariffs() | KeepTransactionTariff():
                    retariff(self.bays, self._tariffs, intent)
                case _:
                    self._kept.obey(intent, self.clock.now())
                    self._streams.follow(self._kept.monitors)

    def _say(self, intent: Say) -> None:
        for message in intent.messages:
            self.tell(message)

    def _configure(self, change: Configure) -> None:
        self.settings[change.key] = change.value
        if change.key == PASSWORD:
            self.tell_security("ReconfigurationOfSecurityParameters", "password")
        if change.key == "HeartbeatInterval" and int(change.value) > 0:
            self.line.heartbeat_s = int(change.value)

    def _tell(self, intent: Tell) -> None:
        match intent.what:
            case "Heartbeat":
                self.tell(self.dialect.heartbeat())
            case "BootNotification":
                self._begin(self.boots.again())
            case "StatusNotification":
                for bay in bays_of(self.bays, intent.evse or 0):
                    self.tell(self.dialect.status(bay.evse, bay.state, self.clock.now()))
            case "MeterValues":
                for bay in bays_of(self.bays, intent.evse or 0):
                    self.tell(self.dialect.meter_values(bay.evse, bay.sample()))

    # -- logs ---------------------------------------------------------------------------------------------------------

    def log_lines(self) -> bytes:
        """The station as it is, in a few lines."""
        head = f"{self.clock.now().isoformat()} {self.plan.identity.vendor} {self.plan.identity.model}"
        return lines_of(head, self.bays, {key: value for key, value in self.settings.items() if key != PASSWORD})

    def tell_log(self, status: LogStatus, asked: UploadLog) -> None:
        """Queue a status notification."""
        self.tell(self.dialect.log_status(status, asked.request_id))

    # -- firmware -----------------------------------------------------------------------------------------------------

    def _install(self, install: InstallFirmware) -> None:
        """Begin an update; one that is under way gives way to it (L01.FR.24)."""
        if self._installing is not None:
            self._installing.cancel()
        habits = self.plan.firmware
        self._installing = self._begin(update(self, install, habits=habits, fate=lambda: habits.fate(self._random)))

    def tell_firmware(self, status: FirmwareStatus, asked: InstallFirmware) -> None:
        """Queue a status notification."""
        self.tell(self.dialect.firmware_status(status, asked.request_id))

    # -- reservations -------------------------------------------------------------------------------------------------

    def wake(self, evse: int) -> None:
        """A reservation of an EVSE began or ended."""
        self.bays[evse - 1].wake()

    def tell_reservation_expired(self, reservation_id: int) -> None:
        """Queue the message, in versions that have one."""
        if (message := self.dialect.reservation_expired(reservation_id)) is not None:
            self.tell(message)

    # -- small things -------------------------------------------------------------------------------------------------

    def _target(self) -> Target:
        url, password = self._urls[self.line.unreached % len(self._urls)], self.settings[PASSWORD]
        target = Target(url=url, station=self.plan.name, subprotocol=self.dialect.subprotocol, password=password)
        return msgspec.structs.replace(target, client_certificates=self.plan.client_certificates)

    def _tell_all(self) -> None:
        self._told.clear()
        for bay in self.bays:
            self.tell_status(bay.evse)

    def tell(self, message: Message, *, kept: bool = False) -> None:
        """Queue a message of the station's own; `kept` until it is answered."""
        self.line.put(Queued(spelled=lambda: message, answered=lambda _: None, kept=kept))

    def _begin(self, chore: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(chore)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)
        return task
