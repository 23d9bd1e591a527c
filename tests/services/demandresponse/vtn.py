"""A small VTN for tests: OAuth tokens, programmes, events and reports, as OpenADR 3.1 has them on the wire.

Its answers are written after the definition of OpenADR 3.1. Against another VTN than this one the client was not tried yet.
"""

import json
from typing import Any

import httpx

URL = "http://vtn.test"
CLIENT = ("ven-client", "ven-secret")
CREATED = "2026-06-01T10:00:00Z"


def an_event(id_: str = "evt-1", **override: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": id_,
        "createdDateTime": CREATED,
        "modificationDateTime": CREATED,
        "objectType": "EVENT",
        "programID": "prog-1",
        "eventName": "Evening peak",
        "priority": 2,
        "targets": ["berlin-1"],
        "reportDescriptors": [{"payloadType": "USAGE", "units": "KW"}],
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}
        ],
        "intervalPeriod": {"start": "2026-06-01T12:00:00Z", "duration": "PT15M"},
        "intervals": [
            {"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [50.5]}]},
            {"id": 1, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [20]}]},
        ],
    }
    return given | override


class SmallVtn:
    """The VTN. `revokes`: the token that was given last counts no more. `away`: it answers 503."""

    def __init__(self) -> None:
        self.programs: list[dict[str, Any]] = [
            {"id": "prog-1", "createdDateTime": CREATED, "programName": "Peak Saver"}
        ]
        self.events: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.tokens = 0
        self.away = False
        self.asked: list[str] = []

    @property
    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def revokes(self) -> None:
        self.tokens += 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if self.away:
            return httpx.Response(503, json={"title": "Service Unavailable", "status": 503})
        if path == "/auth/token":
            return self._token(dict(httpx.QueryParams(request.content.decode())))
        if request.headers.get("Authorization") != f"Bearer token-{self.tokens}":
            return httpx.Response(401, json={"title": "Unauthorized", "status": 401})
        if request.method == "POST" and path == "/reports":
            self.reports.append(json.loads(request.content))
            return httpx.Response(201, json={"id": "rep-1", **self.reports[-1]})
        skip, limit = int(request.url.params.get("skip", 0)), int(request.url.params.get("limit", 50))
        assert limit <= 50
        if path == "/reports":
            wanted = request.url.params["eventID"]
            return httpx.Response(200, json=[each for each in self.reports if each["eventID"] == wanted][:limit])
        found = {"/programs": self.programs, "/events": self.events}[path]
        return httpx.Response(200, json=found[skip : skip + limit])

    def _token(self, form: dict[str, str]) -> httpx.Response:
        if (form.get("client_id"), form.get("client_secret")) != CLIENT or form.get(
            "grant_type"
        ) != "client_credentials":
            return httpx.Response(401, json={"error": "invalid_client"})
        self.tokens += 1
        return httpx.Response(
            200, json={"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": 3600}
        )
