"""Log context: what the lines that are written meanwhile are about, such as the request that is being served."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

FORMAT = "%(asctime)s %(levelname)s %(name)s:%(about)s %(message)s"
"""Lines of the log. What one is about stands in brackets, where it is about something."""

_ABOUT: ContextVar[str] = ContextVar("log_about", default="")


@contextmanager
def about(what: str) -> Iterator[None]:
    """Each line that this task, and whatever it starts, writes meanwhile says `[what]`."""
    before = _ABOUT.set(what)
    try:
        yield
    finally:
        _ABOUT.reset(before)


class AddsContext(logging.Filter):
    """Adds `about` to each record that a handler writes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        what = _ABOUT.get()
        record.about = f" [{what}]" if what else ""
        return True
