"""Packing: compresses sessions that ended long ago, and restores them when a late fact arrives. PURE."""

import base64
import zlib

import msgspec
from msgspec.structs import replace

from schemas.states.transactions import ForgottenSession, SessionState, StationTransactions
from services.transactions.sessions import ended_at, started_at

REPEATS = 4
"""Number of last facts whose repeats are recognised."""

DICTIONARY = (
    b'"interval_wh":"","points":[{"at":"20","value":""}],"told_stop":{"at":"20","begin":{"at":"2026-03-29T10:00:00Z","value":"'
    b'"over_at":"20","over_by":"over-by-status","answered":"Accepted","verdict":"Accepted","remote_start_id":"offline":true,'
    b'"charging_state":"SuspendedEV","charging_state":"EVConnected","charging_state":"Charging","charging_state_at":"20'
    b'"stopped_reason":"Local","stopped_reason":"EVDisconnected","anomalies":["start-missing","quarantined"],"power":{"at":"'
    b'"soc":{"at":"20","value":"80"},"last_meter_at":"20","seen":["","revision":,"changed_at":"20","rank":0,"connector":1,'
    b'"token":{"value":"","type":"ISO14443"},"token_rank":0,"token_at":"20","start_at":"20","first_at":"20","last_at":"20",'
    b'"heard_at":"20","end_at":"20","alive_at":"20","energy":{"told_start":{"at":"20","value":""},"told_stop":{"at":"20'
    b'{"session":"","transaction_id":"","start_key":"","evse":1,"connector":1,'
)
"""The compression dictionary. It must never change, because old states are decompressed with it."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(SessionState).decode


def pack_session(session: SessionState) -> ForgottenSession:
    """Pack a session."""
    accounts = {name: replace(getattr(session, name), interval_times=()) for name in ("energy", "exported")}
    small = replace(session, seen=(), **accounts)
    return ForgottenSession(
        session=session.session,
        transaction_id=session.transaction_id,
        start_key=session.start_key,
        started_at=started_at(session),
        ended_at=ended_at(session) or session.last_at,
        packed=_pack(_encode(small)),
        seen=session.seen[-REPEATS:],
    )


def restore(
    state: StationTransactions, forgotten: ForgottenSession
) -> tuple[StationTransactions, SessionState | ForgottenSession]:
    """The state with that session unpacked; unchanged where it has no packed session."""
    if not forgotten.packed:
        return state, forgotten
    session = replace(_decode(_unpack(forgotten.packed)), seen=forgotten.seen)
    rest = tuple(each for each in state.forgotten if each is not forgotten)
    return replace(state, sessions=(*state.sessions, session), forgotten=rest), session


def _pack(text: bytes) -> str:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
    return base64.b85encode(deflate.compress(text) + deflate.flush()).decode()


def _unpack(packed: str) -> bytes:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS, DICTIONARY)
    return inflate.decompress(base64.b85decode(packed)) + inflate.flush()
