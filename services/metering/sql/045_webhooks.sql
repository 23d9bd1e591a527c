-- Deliveries to webhooks: what was sent to whom, and what came of it.

-- The newest attempt stands for all: an attempt after a replay is later than those before, though it counts from 1 again.
CREATE TABLE IF NOT EXISTS webhook_deliveries
(
    webhook LowCardinality(String) COMMENT 'Name of the webhook',
    delivery String COMMENT 'Id of the delivery, as in the header webhook-id' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'Kind of the event, as session.ended',
    station LowCardinality(String) COMMENT 'Station that the event is about; empty: none',
    topic LowCardinality(String) COMMENT 'Topic of the record that was sent; empty: a test',
    partition Int32 COMMENT 'Its partition',
    offset Int64 COMMENT 'Its offset',
    status LowCardinality(String) COMMENT 'delivered, retrying or dead',
    attempt UInt16 COMMENT 'Number of the last attempt, from 1 after each start of a worker',
    http_status Nullable(Int64) COMMENT 'Status of the receiver''s answer; null: none came',
    detail String COMMENT 'Why it is not delivered' CODEC(ZSTD(1)),
    took_ms Int64 COMMENT 'Milliseconds until the answer',
    order_id String COMMENT 'Id of the order that asked for the delivery; empty: the event did' CODEC(ZSTD(1)),
    occurred_at DateTime64(6, 'UTC') COMMENT 'When Kafka got the event',
    attempted_at DateTime64(6, 'UTC') COMMENT 'When the last attempt began',
    next_attempt_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the next one is due; null: none is',
    id String COMMENT 'Id of the record WebhookAttempted' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(attempted_at)
ORDER BY (webhook, delivery)
TTL toDateTime(attempted_at) + INTERVAL 90 DAY
COMMENT 'Deliveries to webhooks, the last attempt of each, for 90 days. Read with FINAL';
