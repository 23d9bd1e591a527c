"""Handshakes: what the gate decides becomes an answer and, where it is one, a security event; whoever asks, nobody comes in while busy."""

import datetime as dt
from http import HTTPStatus
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from gateway.admission import Admitted, Refused, Request
from gateway.effects import Moment
from gateway.handshakes import Handshakes, subprotocol
from gateway.references import References
from gateway.settings import Settings
from gateway.sockets import Origin, StationSocket
from schemas.base import Record
from schemas.codec import encode
from schemas.routing import route
from schemas.security import SecurityEventReported
from schemas.stations import StationProvisioned

NOW = Moment(7.0, dt.datetime(2026, 3, 29, tzinfo=dt.UTC))
ADMITTED = Admitted(station="CP-1", subprotocol="ocpp2.0.1", version="2.0.1")
WRONG = Refused(status=401, sentence="Wrong password.", challenge=True, security_event="FailedToAuthenticateAtCsms")


class Knocking(StationSocket):
    """A socket in its handshake, without a network."""

    def __init__(self) -> None:
        self.origin = Origin(peer="192.0.2.1", address="192.0.2.7")

    def respond(self, status: Any, text: str) -> Response:
        found = HTTPStatus(status)
        return Response(found.value, found.phrase, Headers(), text.encode())


class Door:
    """Handshakes, with a gate that says what it is told to say."""

    def __init__(self, verdict: Admitted | Refused, busy: Refused | None = None) -> None:
        self.verdict = verdict
        self.asked: list[Request] = []
        self.published: list[Record] = []
        self.references = References()
        this: Any = self
        self.handshakes = Handshakes(
            Settings(), gate=this, references=self.references, uplink=this, clock=lambda: NOW, busy=lambda: busy
        )

    def decide(self, request: Request, address: str, now: float) -> Admitted | Refused:
        assert (address, now) == ("192.0.2.7", NOW.now)
        self.asked.append(request)
        return self.verdict

    def publish(self, records: tuple[Record, ...]) -> None:
        self.published += records

    def knows(self, record: Record) -> None:
        routed = route(record)
        self.references.apply(routed.topic, routed.key, encode(record))

    def comes(self, *headers: tuple[str, str]) -> tuple[Knocking, Any]:
        socket = Knocking()
        return socket, self.handshakes.admit(socket, HttpRequest("/ocpp/CP-1", Headers(headers)))


def test_whoever_is_admitted_gets_no_answer_but_its_admission() -> None:
    door = Door(ADMITTED)

    socket, response = door.comes(
        ("Sec-WebSocket-Protocol", "ocpp1.6, ocpp2.0.1"),
        ("Sec-WebSocket-Protocol", "ocpp2.1,"),
        ("Authorization", "Basic x"),
    )

    assert response is None
    assert (socket.admitted, subprotocol(socket)) == (ADMITTED, "ocpp2.0.1")
    (asked,) = door.asked
    assert (asked.path, asked.subprotocols) == ("/ocpp/CP-1", ("ocpp1.6", "ocpp2.0.1", "ocpp2.1"))
    assert (asked.authorization, asked.at) == ("Basic x", NOW.at)
    assert door.published == []


def test_a_refusal_says_its_sentence_and_what_to_do() -> None:
    _, response = Door(Refused(status=429, sentence="Too many.", retry_after_s=1.2)).comes()
    _, asked = Door(WRONG).comes()

    assert (response.status_code, response.body) == (429, b"Too many.\n")
    assert response.headers["Retry-After"] == "2"
    assert "WWW-Authenticate" not in response.headers
    assert asked.headers["WWW-Authenticate"] == 'Basic realm="ocpp", charset="UTF-8"'
    assert "Retry-After" not in asked.headers


def test_nobody_is_asked_about_while_the_gateway_is_busy() -> None:
    door = Door(ADMITTED, busy=Refused(status=503, sentence="Stopping."))

    socket, response = door.comes()

    assert (response.status_code, door.asked) == (503, [])
    assert not hasattr(socket, "admitted")


def test_a_security_event_is_published_of_a_known_station_alone_and_not_again_at_once() -> None:
    door = Door(WRONG)
    door.comes()
    assert door.published == []

    door.knows(StationProvisioned(station="CP-1", provisioned_at=NOW.at))
    door.comes()
    door.comes()

    (event,) = door.published
    assert isinstance(event, SecurityEventReported)
    assert (event.station, event.type) == ("CP-1", "FailedToAuthenticateAtCsms")
    assert event.tech_info == "Wrong password. From 192.0.2.7."


def test_a_station_that_comes_to_renew_its_certificate_is_told_of_and_let_in() -> None:
    door = Door(Admitted(station="CP-1", subprotocol="ocpp2.0.1", version="2.0.1", renews=True))

    socket, response = door.comes()

    assert response is None
    assert socket.admitted.renews
    (event,) = door.published
    assert isinstance(event, SecurityEventReported)
    assert (event.station, event.renews) == ("CP-1", True)
