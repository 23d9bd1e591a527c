-- The OCPP log: every frame, three days. A partition a day, so that old days leave as whole parts.

CREATE TABLE IF NOT EXISTS frames
(
    station LowCardinality(String) COMMENT 'Station id',
    at DateTime64(6, 'UTC') COMMENT 'When it crossed the wire' CODEC(DoubleDelta, ZSTD(1)),
    version LowCardinality(String) COMMENT 'OCPP version',
    epoch Int64 COMMENT 'Epoch of the connection' CODEC(ZSTD(1)),
    sequence Int64 COMMENT 'Place of the frame in its connection' CODEC(ZSTD(1)),
    direction LowCardinality(String) COMMENT 'in: from the station; out: to the station',
    kind LowCardinality(String) COMMENT 'call, result, error, send, result-error or malformed',
    message_id String COMMENT 'OCPP message id' CODEC(ZSTD(1)),
    action LowCardinality(String) COMMENT 'OCPP action; for an answer that of its CALL, where known',
    error LowCardinality(String) COMMENT 'Code of a CALLERROR, or what is wrong with a frame that cannot be read',
    text String COMMENT 'The frame, cut at 65,536 characters' CODEC(ZSTD(3)),
    size UInt32 COMMENT 'Whole length in bytes' CODEC(ZSTD(1)),
    id String COMMENT 'Id of the record FrameLogged' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMMDD(at)
PRIMARY KEY (station, at)
ORDER BY (station, at, sequence, id)
TTL toDateTime(at) + INTERVAL 3 DAY
SETTINGS ttl_only_drop_parts = 1
COMMENT 'The OCPP log';
