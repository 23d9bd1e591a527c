"""Deviations: names of the rules for reading messages that break their schema, and the records about such messages."""

from enum import StrEnum

import msgspec

from schemas.base import OcppVersion, Record, Timestamp
from schemas.topic import Topic


class Deviation(StrEnum):
    """The rules that were applied to read a message. Names are only ever added, because old records contain them."""

    UNKNOWN_MEMBER = "unknown-member"
    """A member that the message does not have: set aside, and kept in the record's `further`."""

    MEMBER_SPELLING = "member-spelling"
    """A member whose name differs in case or separators only: read as the one that was meant."""

    MEMBER_MISPLACED = "member-misplaced"
    """A member beside the object it belongs into (`unit` of a 2.x sampled value): read as if it stood there."""

    MEMBER_REPEATED = "member-repeated"
    """A member that occurs twice in its object: the last value counts, the earlier is kept in `further`."""

    MISSING_MEMBER = "missing-member"
    """A required member is missing that the fact does not need: filled by the rule stated below."""

    NULL_MEMBER = "null-member"
    """null, where a member must be absent instead: read as absent."""

    EMPTY_TEXT = "empty-text"
    """An empty text instead of a value of an enumeration: read as absent."""

    TEXT_TOO_LONG = "text-too-long"
    """A text longer than its limit: kept whole."""

    TEXT_FOR_NUMBER = "text-for-number"
    """A number within quotes: read as the number."""

    NUMBER_FOR_TEXT = "number-for-text"
    """A number or a truth value instead of a text: read as its text."""

    STRUCTURE_FOR_TEXT = "structure-for-text"
    """An object or a list instead of a text: kept as JSON (`data` of a DataTransfer), else as its JSON text."""

    WORD_FOR_TRUTH = "word-for-truth"
    """A truth value as a word or a number ("true", 1): read as the truth value."""

    DECIMAL_FOR_INTEGER = "decimal-for-integer"
    """A number with a fraction instead of an integer: registers are kept exact, all others must have an integer value."""

    OUT_OF_RANGE = "out-of-range"
    """A number beyond its bounds: kept where a record can hold it, else set aside."""

    WORD_SPELLING = "word-spelling"
    """A value of an enumeration in another case or with other separators: read as the value that was meant."""

    WORD_UNKNOWN = "word-unknown"
    """A value that its enumeration does not have: kept as the station's own word, beside the nearest common one."""

    SINGLE_FOR_LIST = "single-for-list"
    """One value instead of a list: read as a list of one."""

    LIST_EMPTY = "list-empty"
    """A list that must have items and has none."""

    LIST_TOO_LONG = "list-too-long"
    """A list with more items than it may have: all are kept."""

    VALUE_FOR_OBJECT = "value-for-object"
    """A bare value instead of an object (`evse: 1`): read as that object's main member."""

    UNREADABLE_MEMBER = "unreadable-member"
    """A member with an unusable value: read as absent, and kept in `further`."""

    SAMPLE_SET_APART = "sample-set-apart"
    """A sampled value that cannot be used: on csms.quarantine, while the others of its message are used."""

    CHARACTERS = "characters"
    """Characters that JSON does not allow: control characters are kept, lone surrogates become U+FFFD, NaN and Infinity are texts."""

    NO_OBJECT = "no-object"
    """A payload that is no JSON object, of a message that is stored as a plain fact."""

    TIME_IMPOSSIBLE = "time-impossible"
    """A time before 2015, or more than a day ahead: replaced by the time of arrival."""

    TIME_UNREADABLE = "time-unreadable"
    """A time that cannot be parsed: replaced by the time of arrival."""

    TIME_WITHOUT_ZONE = "time-without-zone"
    """A time without zone: read in the station's time zone, or in UTC where it has none."""

    CLOCK_CORRECTED = "clock-corrected"
    """The station's clock is off by a constant amount, and its times were corrected by it (`clock_offset_s`)."""

    CLOCK_JUMPS = "clock-jumps"
    """A time ahead of its arrival, of a station whose clock is known to jump (compatibility matrix): replaced by the time of arrival."""

    LOCAL_TIME_AS_UTC = "local-time-as-utc"
    """A time that ends in Z but is local (compatibility matrix): read in the station's time zone."""

    ENERGY_KWH_AS_WH = "energy-kwh-as-wh"
    """An energy in kWh that is labelled Wh or not at all (compatibility matrix): multiplied by 1000."""


FILLED: tuple[tuple[str, str, str], ...] = (
    ("any fact", "a time", "the time of arrival; `at_source` says `gateway`"),
    ("StartTransaction", "`idTag`", "no token: the answer is that of a token nobody knows"),
    (
        "StartTransaction, StopTransaction",
        "`meterStart`, `meterStop`",
        "no register: the energy is that of the meter values",
    ),
    ("StopTransaction", "`reason`", "Local, as the specification says of an absent one"),
    ("StopTransaction", "`transactionId`", "none: it belongs where its content says, else to a session of its own"),
    ("TransactionEvent", "`triggerReason`", "empty"),
    ("TransactionEvent", "`seqNo`", "0: events are told apart by their content"),
    ("TransactionEvent", "`eventType`", "Ended with a `stoppedReason`, Started with `seqNo` 0, else Updated"),
    ("StatusNotification 1.6", "`errorCode`", "NoError"),
    ("StatusNotification 2.x", "`connectorId`", "1; 0 for EVSE 0"),
    ("MeterValues", "`connectorId`, `evseId`", "0, the station as a whole; its transaction says more"),
    ("BootNotification", "vendor, model, reason", "empty"),
    ("DataTransfer", "`vendorId`", "empty; answered UnknownVendorId like any other"),
    ("messages that are kept as facts", "anything", "kept whole, as it came"),
)
"""Replacements for members that are missing, null or unreadable: message, member, replacement."""

NEEDED: tuple[tuple[str, str], ...] = (
    ("StartTransaction", "`connectorId`"),
    ("StopTransaction", "one of `transactionId`, `meterStop`, `idTag`"),
    ("TransactionEvent", "`transactionInfo.transactionId`"),
    ("MeterValues", "`meterValue`; in 1.6 also one of `connectorId`, `transactionId`"),
    ("StatusNotification", "`connectorId` and `status`; in 2.x `evseId` and `connectorStatus`"),
    ("Authorize", "`idTag`; in 2.x `idToken.idToken`"),
)
"""Members that a fact needs: a message without one is refused with the member's name, and put into quarantine."""


class Bend(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule that was needed to read a message, and the member that needed it (`meterValue[0].timestamp`; empty: the whole)."""

    rule: str
    path: str = ""


class MessageBent(Record, frozen=True, kw_only=True, tag="message-bent"):
    """A message that breaks its schema and was read all the same, on csms.deviations: the rules that were needed, and the station's make.

    `fact` is the id of the record that the message became. Vendor, model and firmware are those of the station's boot on this
    connection, empty where it did not boot on it.
    """

    id: str
    station: str
    version: OcppVersion
    action: str
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    bends: tuple[Bend, ...]
    fact: str = ""
    received_at: Timestamp


class MessageQuarantined(Record, frozen=True, kw_only=True, tag="message-quarantined"):
    """A message that cannot be read as the fact it should be, on csms.quarantine: it was refused, and is kept for operators.

    `code` and `reason` are those of the answer to the station; `payload` is the beginning of its payload, unchanged.
    """

    id: str
    station: str
    version: OcppVersion
    action: str
    code: str
    reason: str
    payload: str
    received_at: Timestamp


DEVIATIONS = Topic(
    name="csms.deviations",
    meaning="Messages that break their schema and were read all the same: which rules were needed, and the make of the station.",
    records=(MessageBent,),
)

TOPICS = (DEVIATIONS,)
