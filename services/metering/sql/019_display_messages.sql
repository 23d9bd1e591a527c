-- Display messages: what stations are asked to show, and what they have.

-- A message's id is that of its SetDisplayMessage command and never used again, so that its revisions order its rows.
CREATE TABLE IF NOT EXISTS display_messages
(
    station LowCardinality(String) COMMENT 'Station id',
    display_message String COMMENT 'Message id: the id of its SetDisplayMessage command, or one of its own' CODEC(ZSTD(1)),
    message_id Int64 COMMENT 'The number that the station knows it by',
    text String COMMENT 'What is shown' CODEC(ZSTD(1)),
    format LowCardinality(String) COMMENT 'OCPP MessageFormatEnumType',
    language LowCardinality(String) COMMENT 'Language of the text; empty: not said',
    priority LowCardinality(String) COMMENT 'OCPP MessagePriorityEnumType',
    state LowCardinality(String) COMMENT 'While the station is in this state (OCPP MessageStateEnumType); empty: always',
    starts_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Shown from then; null: at once',
    ends_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Shown until then; null: until it is cleared',
    transaction_id String COMMENT 'The transaction with which it goes; empty: none' CODEC(ZSTD(1)),
    display LowCardinality(String) COMMENT 'Component that shows it; empty: the main display',
    evse Nullable(UInt16) COMMENT 'EVSE of the display',
    translations String COMMENT 'The text in other languages, as JSON' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'requested, accepted, unconfirmed, refused, cleared, replaced, expired, transaction-ended or gone',
    detail String COMMENT 'The station''s word, or the reason, where the status does not say it',
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was asked for, or first reported',
    requested_by String COMMENT 'Who asked; empty: another system',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it ended; null while it is open',
    revision Int64 COMMENT 'Revision of the record DisplayMessageChanged',
    id String COMMENT 'Id of the record DisplayMessageChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_display_message display_message TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, display_message)
COMMENT 'Display messages, the newest change of each. Read with FINAL';
