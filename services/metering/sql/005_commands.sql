-- Commands: the request, a wish to cancel and the outcome come as separate records, in any order and repeated. Each fills its
-- own columns of the command's one row and leaves the others null; merging keeps what is not null, so repeats change nothing.
-- Not partitioned: the parts of one command may come months apart.

CREATE TABLE IF NOT EXISTS commands
(
    station LowCardinality(String) COMMENT 'Station id',
    command_id String COMMENT 'Command id' CODEC(ZSTD(1)),
    command SimpleAggregateFunction(anyLast, LowCardinality(Nullable(String))) COMMENT 'What was asked: RemoteStart, Reset, ...',
    arguments SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'JSON object with the arguments' CODEC(ZSTD(3)),
    priority SimpleAggregateFunction(anyLast, Nullable(UInt8)) COMMENT '0 goes before 9',
    when_offline SimpleAggregateFunction(anyLast, LowCardinality(Nullable(String))) COMMENT 'wait or fail',
    timeout_s SimpleAggregateFunction(anyLast, Nullable(Float64)) COMMENT 'How long the station may take to answer',
    requested_by SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'Who asked',
    requested_at SimpleAggregateFunction(anyLast, Nullable(DateTime64(6, 'UTC'))) COMMENT 'When it was asked',
    expires_at SimpleAggregateFunction(anyLast, Nullable(DateTime64(6, 'UTC'))) COMMENT 'Not sent after that',
    cancel_requested_by SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'Who wished to cancel it',
    cancel_requested_at SimpleAggregateFunction(anyLast, Nullable(DateTime64(6, 'UTC'))) COMMENT 'When somebody wished to cancel it',
    outcome SimpleAggregateFunction(anyLast, LowCardinality(Nullable(String))) COMMENT 'The one outcome; null while it is pending',
    response SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'JSON: the station''s own payload, or null' CODEC(ZSTD(3)),
    error_code SimpleAggregateFunction(anyLast, LowCardinality(Nullable(String))) COMMENT 'Code of the station''s CALLERROR',
    detail SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'What else there is to say',
    settled_at SimpleAggregateFunction(anyLast, Nullable(DateTime64(6, 'UTC'))) COMMENT 'When the outcome was known',
    INDEX by_command command_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = AggregatingMergeTree
ORDER BY (station, command_id)
COMMENT 'Commands with their outcomes. Read with FINAL';
