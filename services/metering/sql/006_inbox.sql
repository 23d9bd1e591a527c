-- What could not be believed, and what could not be read or applied: for people to look at and replay.

CREATE TABLE IF NOT EXISTS quarantine
(
    station LowCardinality(String) COMMENT 'Station id',
    at DateTime64(6, 'UTC') COMMENT 'When the meter says it measured',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    session String COMMENT 'Session id; empty where none is known',
    evse Nullable(UInt16) COMMENT 'EVSE',
    transaction_id String COMMENT 'Transaction id as the station knows it',
    reason LowCardinality(String) COMMENT 'Why it is not believed',
    meter_value String COMMENT 'JSON: the meter value, whole' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record MeterValueQuarantined'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (received_at, id)
COMMENT 'Meter values that were not believed';

-- A batch that comes again puts its poison aside again, at another time: the row is that of the message, whatever `at` says. The
-- value is part of the key, because the embedded bus counts its offsets from zero after every start.
CREATE TABLE IF NOT EXISTS dead_letters
(
    at DateTime64(6, 'UTC') COMMENT 'When it was put aside',
    service LowCardinality(String) COMMENT 'The service that could not read or apply it',
    topic LowCardinality(String) COMMENT 'The topic it came from',
    `partition` Int32 COMMENT 'Its partition',
    `offset` Int64 COMMENT 'Its offset',
    key String COMMENT 'Its key',
    value String COMMENT 'The record''s bytes, as `encoding` says' CODEC(ZSTD(3)),
    encoding LowCardinality(String) COMMENT 'utf-8 or base64',
    reason String COMMENT 'What is wrong with it',
    id String COMMENT 'Id of the record DeadLettered'
)
ENGINE = ReplacingMergeTree
ORDER BY (service, topic, `partition`, `offset`, sipHash64(value))
COMMENT 'Records that a service could not read or apply';
