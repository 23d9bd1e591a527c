"""Runner: plays a case against the running product, step by step."""

import asyncio
import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.conformance.conversations.matching import Names, at_path, mismatches
from tests.conformance.conversations.script import ASKS, LINK, TALK, Case, Step, states
from tests.conformance.conversations.station import Station, Unexpected
from tests.integration.product import Product

SEEN_WITHIN_S = 20
COMMAND_WAITS_S = 30

MEANWHILE = frozenset((*TALK, "status", "outcome", "keep", "set", "do"))
"""Steps that may come while what an operator asked for is not answered yet."""


def a_request(station: str) -> str:
    """A request to sign a key for the station, in PEM."""
    parts = ((NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, "Conformance"), (NameOID.COMMON_NAME, station))
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, SHA256())
    return made.public_bytes(Encoding.PEM).decode()


class Run:
    """One case on its way: a station and tokens of its own, and what was said and heard last."""

    def __init__(self, case: Case, version: str, product: Product, api: httpx.AsyncClient) -> None:
        self._case = case
        self._version = version
        self._api = api
        unique = uuid.uuid4().hex[:8].upper()
        self._name = f"{case.id}-{unique}".replace(":", "-")
        self._station = Station(product.url, self._name, version)
        csr = a_request(self._name)
        known = {
            "station": self._name,
            "unique": unique,
            "token": f"T1{unique}",
            "token2": f"T2{unique}",
            "tx": uuid.uuid4().hex,
            "evse": 1,
            "connector": 1,
            "files": product.api_url,
            "csr": csr,
            "csr_in_json": json.dumps(csr)[1:-1],
            **product.names,
        }
        self._names = Names(known, now=lambda: dt.datetime.now(dt.UTC), new=lambda: uuid.uuid4().hex)
        self._answer: list[Any] = []
        self._heard: tuple[str, str] | None = None
        self._last: Any = None
        self._link: Mapping[str, str] = {}
        self._asking: asyncio.Task[httpx.Response] | None = None

    async def play(self) -> None:
        """Play the case. Raises Unexpected, which names the line."""
        for token in ("token", "token2"):
            await self._api.put(f"/tokens/{self._names.known[token]}", json={"concurrent_sessions": True})
        if not self._case.steps or self._case.steps[0].verb not in ("connects", "put"):
            await self._station.connect()
        try:
            await self._steps(self._case.steps)
            if self._asking is not None:
                await self._succeeded()
        finally:
            await self._station.disconnect()

    async def _steps(self, steps: Sequence[Step]) -> None:
        for step, then in zip(steps, (*steps[1:], None), strict=True):
            try:
                await self._step(step, then.verb if then is not None else "")
            except (Unexpected, KeyError, IndexError, TypeError, AssertionError) as error:
                if isinstance(error, Unexpected) and str(error).startswith("line "):
                    raise
                raise Unexpected(f"line {step.line}, {step.verb} {step.name}: {error!r}") from error

    async def _step(self, step: Step, then: str) -> None:
        name, payload = self._names.filled(step.name), self._names.filled(step.payload)
        if self._asking is not None and step.verb not in MEANWHILE:
            await self._succeeded()
        match step.verb:
            case "do":
                self._names.known |= payload or {}
                await self._steps(states(self._case.folder, self._version)[name])
            case "set":
                self._names.known |= payload
            case "keep":
                self._names.known |= {each: at_path(self._last, path) for each, path in payload.items()}
            case _ if step.verb in LINK:
                await self._connection(step.verb, payload or {}, then)
            case _ if step.verb in TALK:
                await self._talk(step.verb, name, payload, then)
            case "get":
                await self._seen(name, payload)
            case "status" | "outcome":
                await self._answered(step.verb, name, payload)
            case _ if step.verb in ASKS:
                self._asking = asyncio.create_task(self._request(step.verb, name, payload or {}))
                if then not in ("hears", "status", "outcome"):
                    await self._succeeded()

    # -- the station --------------------------------------------------------------------------------------------------

    async def _connection(self, verb: str, payload: Mapping[str, str], then: str) -> None:
        if verb == "disconnects":
            await self._station.disconnect()
        elif verb == "closed":
            await self._station.closed()
        elif verb == "connects":
            self._link, self._last = payload, await self._station.connect(**payload)
            if then != "refused":
                await self._connects_until(accepted=True)
        else:
            await self._connects_until(accepted=False)

    async def _connects_until(self, *, accepted: bool) -> None:
        """Connect again as the step before did until that goes as it should: gateways follow what is provisioned within a second."""
        deadline = asyncio.get_running_loop().time() + SEEN_WITHIN_S
        while (self._last == 101) is not accepted:
            if asyncio.get_running_loop().time() > deadline:
                raise Unexpected(f"each time the connection is answered {self._last}")
            await asyncio.sleep(0.1)
            self._last = await self._station.connect(**self._link)

    async def _talk(self, verb: str, name: str, payload: Any, then: str) -> None:
        match verb:
            case "says":
                self._answer = await self._station.call(name, payload or {})
                self._last = self._answer[2]
                if then != "fails" and self._answer[0] != 3:
                    raise Unexpected(f"refused: {self._answer}")
            case "gets":
                self._expect(payload, self._answer[2])
            case "fails":
                if self._answer[0] != 4 or name not in ("", self._answer[2]):
                    raise Unexpected(f"answered {self._answer}, not CALLERROR {name}")
            case "hears":
                message_id, got = await self._next_call(name)
                self._heard, self._last = (message_id, name), got
                self._expect(payload or {}, got)
            case "answers":
                await self._answers(name, payload)

    async def _next_call(self, name: str) -> tuple[str, Any]:
        """The next CALL of that action, unless what was asked for is refused meanwhile."""
        hearing = asyncio.create_task(self._station.next_call(name))
        waits = {hearing} if self._asking is None else {hearing, self._asking}
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if hearing not in done and self._asking is not None and not self._asking.result().is_success:
            hearing.cancel()
            await self._succeeded()
        return await hearing

    async def _answers(self, name: str, payload: Any) -> None:
        if self._heard is None:
            raise Unexpected("there is no CALL to answer")
        (message_id, action), self._heard = self._heard, None
        if name:
            await self._station.refuse(message_id, name)
        else:
            await self._station.answer(message_id, action, payload or {})

    def _expect(self, expected: Any, got: Any) -> None:
        wrong = list(mismatches(expected, got))
        if wrong:
            raise Unexpected("; ".join(wrong))

    # -- the operator -------------------------------------------------------------------------------------------------

    async def _request(self, verb: str, name: str, payload: Any) -> httpx.Response:
        if verb == "command":
            body = {"command": name, "arguments": payload, "wait_s": COMMAND_WAITS_S}
            return await self._api.post(f"/stations/{self._name}/commands", json=body)
        if verb == "raw":
            body = {"payload": payload, "wait_s": COMMAND_WAITS_S}
            return await self._api.post(f"/stations/{self._name}/ocpp/{name}", json=body)
        if verb == "delete":
            return await self._api.delete(name)
        return await self._api.request(verb.upper(), name, json=payload)

    async def _succeeded(self) -> httpx.Response:
        assert self._asking is not None, "nothing was asked for"
        answer, self._asking = await asyncio.wait_for(self._asking, COMMAND_WAITS_S + 10), None
        self._last = answer.json() if answer.content else None
        if not answer.is_success:
            raise Unexpected(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
        return answer

    async def _answered(self, verb: str, name: str, payload: Any) -> None:
        assert self._asking is not None, "nothing was asked for"
        answer, self._asking = await asyncio.wait_for(self._asking, COMMAND_WAITS_S + 10), None
        self._last = answer.json() if answer.content else None
        if verb == "status":
            if str(answer.status_code) != name:
                raise Unexpected(f"{answer.status_code} and not {name}: {answer.text}")
        elif not answer.is_success or list(mismatches(name, self._last["outcome"])):
            raise Unexpected(f"the outcome is not {name}: {answer.text}")
        self._expect(payload or {}, self._last)

    async def _seen(self, path: str, expected: Any) -> None:
        """Read until it is as expected."""
        deadline = asyncio.get_running_loop().time() + SEEN_WITHIN_S
        while True:
            answer = await self._api.get(path)
            self._last = answer.json()
            wrong = list(mismatches(expected or {}, self._last)) if answer.is_success else [answer.text]
            if not wrong:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise Unexpected(f"GET {path}: {'; '.join(wrong)}")
            await asyncio.sleep(0.1)
