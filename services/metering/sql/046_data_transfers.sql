-- Data transfers: what vendors' stations sent in messages of their own, and what they were answered.

CREATE TABLE IF NOT EXISTS data_transfers
(
    station LowCardinality(String) COMMENT 'Station id',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    vendor_id LowCardinality(String) COMMENT 'Vendor id as the station sent it',
    message_id LowCardinality(String) COMMENT 'Message id; empty: none',
    data String COMMENT 'JSON: the data as it was sent, secrets masked' CODEC(ZSTD(3)),
    status LowCardinality(String) COMMENT 'What it was answered: Accepted, Rejected, UnknownMessageId or UnknownVendorId; empty: not kept',
    answer String COMMENT 'JSON: the data of the answer, secrets masked; empty: none' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record DataTransferred' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id)
COMMENT 'Data transfers of stations. Read with FINAL';
