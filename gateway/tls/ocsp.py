"""OCSP: asks responders about client certificates, remembers their answers, and asks no more than so often at once."""

import asyncio
import datetime as dt
import logging

import httpcore

from gateway.tls import metrics
from gateway.tls.certificates import ClientCertificate
from gateway.tls.settings import TlsSettings
from schemas.ocsp import HEADERS, LONGEST_ANSWER, Answer, BadAnswer, question, read_answer

log = logging.getLogger(__name__)

AT_ONCE = 32
"""Questions under way; more wait, within the time of a handshake."""


class Ocsp:
    """The responders. `hard`: without an answer a certificate does not count."""

    def __init__(self, settings: TlsSettings) -> None:
        self._hard = settings.ocsp == "hard"
        self._url = settings.ocsp_url
        self._timeout_s = settings.ocsp_timeout_s
        self._limit = settings.ocsp_cached
        self._answers: dict[str, Answer] = {}
        self._asking: dict[str, asyncio.Task[Answer | None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._pool = httpcore.AsyncConnectionPool(max_connections=AT_ONCE)

    async def fault(self, certificate: ClientCertificate, now: dt.datetime) -> str:
        """Why the certificate does not count by its responder: a sentence; empty where it does."""
        answer = self._answers.get(certificate.fingerprint)
        if answer is not None and answer.until > now:
            metrics.OCSP.labels("cached").inc()
        else:
            answer = await self._ask_once(certificate, now)
        if answer is None:
            return "Its responder does not say whether the client certificate is revoked." if self._hard else ""
        if answer.status == "revoked":
            return "The client certificate is revoked."
        return (
            "The client certificate is unknown to its responder." if answer.status == "unknown" and self._hard else ""
        )

    async def close(self) -> None:
        """Disconnect."""
        for task in self._asking.values():
            task.cancel()
        await self._pool.aclose()

    async def _ask_once(self, certificate: ClientCertificate, now: dt.datetime) -> Answer | None:
        """The answer; handshakes of one certificate at the same time share the question."""
        key = certificate.fingerprint
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.get_running_loop().create_task(self._ask(certificate, now))
            task.add_done_callback(lambda _: self._asking.pop(key, None))
        return await asyncio.shield(task)

    async def _ask(self, certificate: ClientCertificate, now: dt.datetime) -> Answer | None:
        url = self._url or next((each for each in certificate.ocsp_urls if each.startswith("http://")), "")
        if not url or not certificate.issuer_der:
            metrics.OCSP.labels("failed").inc()
            return None
        try:
            asked = question(certificate.der, certificate.issuer_der)
            async with asyncio.timeout(self._timeout_s), self._room:
                content = await self._post(url, asked)
            answer = read_answer(content, asked, certificate.issuer_der, now)
        except (BadAnswer, ValueError, TimeoutError, OSError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            metrics.OCSP.labels("failed").inc()
            log.warning("The responder %s gives no answer that counts: %s", url, error or type(error).__name__)
            return None
        metrics.OCSP.labels(answer.status).inc()
        self._answers.pop(certificate.fingerprint, None)
        if len(self._answers) >= self._limit:
            del self._answers[next(iter(self._answers))]
        self._answers[certificate.fingerprint] = answer
        return answer

    async def _post(self, url: str, body: bytes) -> bytes:
        async with self._pool.stream("POST", url, headers=HEADERS, content=body) as response:
            if response.status != 200:
                raise BadAnswer(f"it answers {response.status}")
            content = b""
            async for part in response.aiter_stream():
                content += part
                if len(content) > LONGEST_ANSWER:
                    raise BadAnswer("it is too long")
            return content
