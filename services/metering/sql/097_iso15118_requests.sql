-- What stations asked for ISO 15118: the state of certificates, and contract certificates for EVs.

CREATE TABLE IF NOT EXISTS iso15118_requests
(
    station LowCardinality(String) COMMENT 'Station id',
    request String COMMENT 'Id of the request here' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'certificate-status, chain-status or contract-certificate',
    accepted Bool COMMENT 'Whether everything that was asked for was found out, or the pool gave a contract',
    detail String COMMENT 'Why not',
    late Bool COMMENT 'Whether the station may have been told Failed meanwhile',
    found String COMMENT 'The certificates as a JSON array: source, name (hash data), status, next_update, detail' CODEC(ZSTD(3)),
    schema_version LowCardinality(String) COMMENT 'Version of ISO 15118 messages; empty: the request is about the state of certificates',
    action LowCardinality(String) COMMENT 'Install or Update; empty: as above',
    request_size Int64 COMMENT 'Length of exiRequest, in characters of base64',
    response_size Int64 COMMENT 'Length of exiResponse, in characters of base64',
    remaining Nullable(Int64) COMMENT 'How many contracts further requests get; null: the version has one',
    asked_at DateTime64(6, 'UTC') COMMENT 'When the request arrived',
    answered_at DateTime64(6, 'UTC') COMMENT 'When its answer was decided',
    took_ms Int64 COMMENT 'Milliseconds from the one to the other',
    id String COMMENT 'Id of the record Iso15118Answered' CODEC(ZSTD(1)),
    INDEX by_request request TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(answered_at)
PARTITION BY toYYYYMM(asked_at)
ORDER BY (station, asked_at, request)
COMMENT 'What stations asked for ISO 15118, and what became of it. Read with FINAL';
