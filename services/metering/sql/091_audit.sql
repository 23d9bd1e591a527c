-- Who did what in the API and the console.

CREATE TABLE IF NOT EXISTS audit
(
    writer String COMMENT 'Process of the API whose chain the entry is in' CODEC(ZSTD(1)),
    sequence Int64 COMMENT 'Its place in the chain, from 1',
    at DateTime64(6, 'UTC') COMMENT 'When it was asked for',
    actor String COMMENT 'Who asked: a user, key:<id> or operator' CODEC(ZSTD(1)),
    noun LowCardinality(String) COMMENT 'Noun of the route',
    action LowCardinality(String) COMMENT 'read, command, write or sign-in',
    route String COMMENT 'Template of the path' CODEC(ZSTD(1)),
    request_id String COMMENT 'Id of the request' CODEC(ZSTD(1)),
    stations Array(String) COMMENT 'Stations that it was about, the first 50' CODEC(ZSTD(1)),
    subjects Array(String) COMMENT 'Ids and names that it was about, the first 50' CODEC(ZSTD(1)),
    entry String COMMENT 'The record AuditRecorded as JSON: what its digest is made of' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (at, writer, sequence)
COMMENT 'Entries of the audit log; none is deleted by itself';
