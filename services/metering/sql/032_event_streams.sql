-- Streams of values of variables (OCPP 2.1).

CREATE TABLE IF NOT EXISTS stream_values
(
    station LowCardinality(String) COMMENT 'Station id',
    stream_id Int64 COMMENT 'The station''s id of the stream',
    value String COMMENT 'The value' CODEC(ZSTD(1)),
    offset_s String COMMENT 'Seconds after the base time of its message' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was, by the station',
    pending Int64 COMMENT 'Values that the station had still to send',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    position UInt16 COMMENT 'Number of the value within its message, from 0',
    id String COMMENT 'Id of the record StreamSampled' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, stream_id, at, id, position)
COMMENT 'Every value of a NotifyPeriodicEventStream';

CREATE TABLE IF NOT EXISTS event_streams
(
    station LowCardinality(String) COMMENT 'Station id',
    stream_id Int64 COMMENT 'The station''s id of the stream',
    opened Bool COMMENT 'It began; else it ended',
    monitor_id Nullable(Int64) COMMENT 'The monitor whose values it has',
    interval_s Nullable(Int64) COMMENT 'It is sent after so many seconds',
    values Nullable(Int64) COMMENT 'It is sent after so many values',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record StreamReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every OpenPeriodicEventStream and ClosePeriodicEventStream';
