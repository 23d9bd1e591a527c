"""Packing: compresses billed sessions, and restores them. PURE.

Most bytes of a record are names that every record has: deflate takes those from the dictionary WORDS, so that a packed session has a
few hundred bytes.
"""

import hashlib
import zlib

import msgspec

from schemas.billing import BilledSession, CdrIssued, ClosedSession

WORDS = (
    b'"anomalies":["clock-suspect","start-missing","begin-not-believed","register-reset","quarantined"],"offline":true'
    b'"replaces":"","remote_start_id":,"reservation_id":,"stopped_reason":"EVDisconnected","Local","Remote"'
    b'"unrated":"no-tariff","energy-unknown","times-impossible","status":"presumed-ended","approximate":true,"thinned":true'
    b',"min_price":{"excl_vat":"},"max_price":{"excl_vat":"},"start_date_time":","end_date_time":"'
    b'{"price_components":[{"type":"FLAT","price":"0.50","vat":"19"},{"type":"TIME","price":"0.10","vat":"19","step_size":60},'
    b'{"type":"PARKING_TIME","price":"6.00","vat":"20","step_size":300}],"restrictions":{"start_time":"22:00",'
    b'"end_time":"06:00","min_kwh":"","max_kwh":"","min_power":"","max_power":"","min_duration":,"max_duration":,'
    b'"day_of_week":["MONDAY","TUESDAY","WEDNESDAY","THURSDAY","FRIDAY","SATURDAY","SUNDAY"]}'
    b'{"session":"","snapshot":{"record":"session-changed","id":"","session":"","station":"","revision":1,"transaction_id":"",'
    b'"evse":1,"connector":1,"token":{"value":"","type":"ISO14443"},"status":"ended","charging_state":"Charging",'
    b'"charging_state_at":"20","started_at":"20","ended_at":"20","stopped_reason":"Local","meter_start_wh":"0",'
    b'"meter_stop_wh":"","energy_wh":"0","power_w":"0","soc_percent":"80","last_meter_at":"202","changed_at":"202'
    b'},"usage":{"register":[[17,[17"rank":0,"states":[["20","Charging"],["20","SuspendedEV"],["20","SuspendedEVSE"],'
    b'["20","EVConnected"]],"flows":[["20",true],["20",false]]},"readings_at":"20","heard_at":"20","cost_told_at":"20'
    b'"cost_told":"","cdr":{"record":"cdr-issued","id":"","session":"","station":"","version":1,"transaction_id":"","evse":1,'
    b'"connector":1,"site":"","token":{"value":"","type":"Central"},"started_at":"20","ended_at":"20","time_zone":"Europe/'
    b'","meter_start_wh":"","meter_stop_wh":"","energy_wh":"","charging_s":"","parking_s":"0.000000","tariff":"'
    b'","tariff_version":1,"currency":"EUR","costs":{"total":{"excl_vat":"0.00","incl_vat":"0.00"},"flat":{"excl_vat":"0",'
    b'"incl_vat":"0"},"energy":{"excl_vat":"0","incl_vat":"0"},"time":{"excl_vat":"0","incl_vat":"0"},"parking":'
    b'{"excl_vat":"0","incl_vat":"0"},"adjustment":{"excl_vat":"0.0000","incl_vat":"0.0000"}},"periods":[{"started_at":"20'
    b'","ended_at":"20","use":"charging","energy_wh":"","lines":[{"dimension":"ENERGY","element":0,"price":"0.","vat":"19",'
    b'"volume":"","billed":"","cost":{"excl_vat":"0.","incl_vat":"0."}}]},{"started_at":"20","use":"parking","energy_wh":'
    b'"0.0000","lines":[{"dimension":"PARKING_TIME","use":"withheld","lines":[{"dimension":"TIME","issued_at":"20'
    b'},"tariff":{"tariff":"","version":1,"currency":"EUR","elements":[{"price_components":[{"type":"ENERGY","price":"0.",'
    b'"vat":"19"}]}],"label":"","provisioned_at":"20","provisioned_by":"operator"}}'
)
"""The compression dictionary. It must never change, because stored sessions are decompressed with it."""

LEVEL = 6
RAW = -15
"""Without header and checksum, as Kafka has its own."""

_decode = msgspec.json.Decoder(BilledSession).decode
_encode = msgspec.json.Encoder().encode


def pack(session: BilledSession) -> ClosedSession:
    """Pack a billed session."""
    assert session.cdr is not None
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, RAW, zdict=WORDS)
    packed = deflate.compress(_encode(session)) + deflate.flush()
    changed_at = session.snapshot.changed_at if session.snapshot is not None else None
    return ClosedSession(session.session, changed_at, digest_of(session.cdr), packed, session.cdr.estimated)


def unpack(session: ClosedSession) -> BilledSession:
    """Unpack a session."""
    inflate = zlib.decompressobj(RAW, zdict=WORDS)
    return _decode(inflate.decompress(session.kept) + inflate.flush())


def digest_of(cdr: CdrIssued) -> str:
    """A short digest of a record."""
    return hashlib.blake2b(_encode(cdr), digest_size=6).hexdigest()
