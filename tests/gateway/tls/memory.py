"""Handshakes of TLS in memory: no sockets, and the error of the server as it is."""

import ssl
from contextlib import suppress

from gateway.tls.contexts import load
from tests.gateway.conftest import World


class Handshake:
    """The server's side, with the contexts that the gateway makes."""

    def __init__(self, world: World, *, mutual: bool, **files: object) -> None:
        contexts = load(world.files(**files))
        context = contexts.mutual if mutual else contexts.server
        assert context is not None
        self._context = context

    def ends(self) -> None:
        """Both sides end TLS cleanly, so that the session may be resumed."""
        for _ in range(3):
            for side in (self.client, self._server):
                with suppress(ssl.SSLError):
                    side.unwrap()

    def run(
        self, station: ssl.SSLContext, name: str = "csms.example", *, session: ssl.SSLSession | None = None
    ) -> ssl.SSLObject:
        """Shake hands. Raises ssl.SSLError as the server sees it."""
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = self._server = self._context.wrap_bio(to_server, to_client, server_side=True)
        self.client = station.wrap_bio(to_client, to_server, server_hostname=name, session=session)
        pending = {self.client, server}
        failed: ssl.SSLError | None = None
        for _ in range(10):
            for side in (self.client, server):
                if side not in pending:
                    continue
                try:
                    side.do_handshake()
                    pending.discard(side)
                except ssl.SSLWantReadError:
                    continue
                except ssl.SSLError as error:
                    if side is server:
                        raise
                    failed = error
                    pending.discard(side)
            if not pending:
                break
        if failed is not None:
            raise failed
        return server
