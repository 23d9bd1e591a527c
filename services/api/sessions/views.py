"""Live records of sessions as the rows that the history gives. PURE."""

from schemas.transactions import SessionChanged
from services.api.sessions.rows import Session


def session_of(changed: SessionChanged) -> Session:
    """A session's state as a row."""
    fields = {name: getattr(changed, name) for name in Session.__struct_fields__ if name not in {"token", "token_type"}}
    token = changed.token
    return Session(**fields, token=token.value if token else None, token_type=token.type if token else "")
