"""Log context: lines say what they are about, each task for itself."""

import asyncio
import io
import logging

from services.runtime.process.logcontext import FORMAT, AddsContext, about


async def test_lines_say_what_their_task_is_about() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(AddsContext())
    handler.setFormatter(logging.Formatter(FORMAT))
    log = logging.Logger("noun")
    log.addHandler(handler)

    async def serve(what: str) -> None:
        with about(what):
            log.info("begins")
            await asyncio.sleep(0)
            log.info("ends")

    await asyncio.gather(serve("request a"), serve("request b"))
    log.info("idles")

    said = [line.partition(" INFO ")[2] for line in written.getvalue().splitlines()]
    assert said == [
        *("noun: [request a] begins", "noun: [request b] begins", "noun: [request a] ends", "noun: [request b] ends"),
        "noun: idles",
    ]
