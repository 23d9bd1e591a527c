"""Asking: finds out the state of certificates by OCSP and by lists of revoked certificates, and remembers it."""

import base64
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Generic, TypeVar

from schemas.iso15118 import StatusCheck, StatusFound
from schemas.ocsp import HEADERS, LONGEST_ANSWER, BadAnswer, question_by_name
from services.iso15118 import metrics
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import UNKNOWN_ISSUER, Issuers, RevocationList, failed, of_answer, of_list, read_list
from services.runtime.guarding import Client, NoAnswer

SETTING = "iso15118_private_addresses"
TIMEOUT_S = 3.0
CONNECTIONS = 32
LONGEST_LIST = 8 * 1024 * 1024
LISTS = 20
"""Lists of revoked certificates that are held at once."""
AVOIDED = timedelta(seconds=30)
"""An address that gave no answer is not asked again for so long, so that it does not delay others."""
AVOIDED_MOST = 1_000

V = TypeVar("V")


class Statuses:
    """Responders and lists, as far as they were asked."""

    def __init__(
        self, settings: Iso15118Settings, issuers: Issuers, clock: Callable[[], datetime], client: Client | None = None
    ) -> None:
        self._issuers = issuers
        self._clock = clock
        self._client = client or Client(
            private=settings.iso15118_private_addresses == "allow",
            setting=SETTING,
            timeout_s=TIMEOUT_S,
            connections=CONNECTIONS,
        )
        self._answers: _Remembered[StatusFound] = _Remembered(settings.iso15118_cached)
        self._lists: _Remembered[RevocationList] = _Remembered(LISTS)
        self._avoided: _Remembered[str] = _Remembered(AVOIDED_MOST)

    async def find(self, check: StatusCheck, issuers: Issuers | None = None) -> StatusFound:
        """The state of a certificate by the first of its addresses that gives one; Failed where none does.

        `issuers`: authorities whose word counts besides those of the deployment.
        """
        known = self._issuers if issuers is None else self._issuers | issuers
        why = "The request names no address."
        for url in check.urls:
            try:
                by = self._by_ocsp if check.source == "OCSP" else self._by_list
                return await by(check, url, known)
            except (NoAnswer, BadAnswer, ValueError) as error:
                why = f"{url[:80]}: {error}"
        metrics.STATUSES.labels(check.source, "failed").inc()
        return failed(check, why)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

    async def _by_ocsp(self, check: StatusCheck, url: str, issuers: Issuers) -> StatusFound:
        asked = question_by_name(check.name)
        key = f"{url} {asked.hex()}"
        if (known := self._answers.get(key, self._clock())) is not None:
            metrics.STATUSES.labels("OCSP", "cached").inc()
            if known.status != "Failed" or not known.ocsp:
                return known
            return of_answer(
                check, asked, base64.b64decode(known.ocsp), issuers, self._clock()
            )  # another may know its issuer
        content = await self._fetch("POST", url, asked, LONGEST_ANSWER)
        found = of_answer(check, asked, content, issuers, self._clock())
        metrics.STATUSES.labels("OCSP", "fetched").inc()
        if found.next_update is not None:
            self._answers.put(key, found, found.next_update)
        return found

    async def _by_list(self, check: StatusCheck, url: str, issuers: Issuers) -> StatusFound:
        issuer = issuers.of(check.name)
        if issuer is None:
            raise BadAnswer(UNKNOWN_ISSUER)
        key = f"{url} {issuer.subject.rfc4514_string()}"
        listed, how = self._lists.get(key, self._clock()), "cached"
        if listed is None:
            content = await self._fetch("GET", url, b"", LONGEST_LIST)
            listed, how = read_list(content, issuer, self._clock()), "fetched"
            self._lists.put(key, listed, listed.until)
        found = of_list(check, listed)
        metrics.STATUSES.labels("CRL", how).inc()
        return found

    async def _fetch(self, method: str, url: str, body: bytes, largest: int) -> bytes:
        """The body of an answer. Raises NoAnswer."""
        if (why := self._avoided.get(url, self._clock())) is not None:
            raise NoAnswer(why)
        headers = {name.decode(): value.decode() for name, value in HEADERS} if body else {}
        try:
            status, content = await self._client.ask(method, url, headers, body, largest=largest)
        except NoAnswer as error:
            self._avoided.put(url, str(error), self._clock() + AVOIDED)
            raise
        if status != HTTPStatus.OK:
            raise NoAnswer(f"it answered {status}")
        return content


class _Remembered(Generic[V]):
    """Values by key, each until its time, the ones used longest ago dropped where there are too many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[str, tuple[V, datetime]] = OrderedDict()

    def get(self, key: str, now: datetime) -> V | None:
        value, until = self._held.get(key, (None, now))
        if until <= now:
            self._held.pop(key, None)
            return None
        self._held.move_to_end(key)
        return value

    def put(self, key: str, value: V, until: datetime) -> None:
        self._held[key] = value, until
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
