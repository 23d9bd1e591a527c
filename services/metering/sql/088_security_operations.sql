-- Security operations: new passwords, higher security profiles and moves to another CSMS, and what became of them.

-- An operation's id is never used again, so that its revisions order its rows.
CREATE TABLE IF NOT EXISTS security_operations
(
    station LowCardinality(String) COMMENT 'Station id',
    operation String COMMENT 'Id of the operation' CODEC(ZSTD(1)),
    kind LowCardinality(String) COMMENT 'rotate-password, upgrade-profile or move-station',
    status LowCardinality(String) COMMENT 'waiting, running, done, rejected, fell-back, missing, unconfirmed, failed or cancelled',
    why String COMMENT 'What is waited for, or why it ended so' CODEC(ZSTD(1)),
    steps String COMMENT 'Each step with what became of it, as JSON' CODEC(ZSTD(1)),
    security_profile Nullable(Int64) COMMENT 'The security profile that is wanted; null: none',
    profile_before Nullable(Int64) COMMENT 'That of the connection when the operation began; null: not known',
    url String COMMENT 'Address of the CSMS in the network profile; empty: none' CODEC(ZSTD(1)),
    slot Nullable(Int64) COMMENT 'Slot of the network profile; null: none',
    batch String COMMENT 'Id of the batch; empty: none' CODEC(ZSTD(1)),
    wave UInt32 COMMENT 'Wave of the batch, counted from 0',
    scheduled Bool COMMENT 'Whether it follows from the age of the password',
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was ordered',
    requested_by LowCardinality(String) COMMENT 'Who ordered it',
    started_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it began; null: not yet',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it ended; null before that',
    revision Int64 COMMENT 'Revision of the record SecurityOperationChanged',
    id String COMMENT 'Id of the record SecurityOperationChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_operation operation TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_batch batch TYPE bloom_filter(0.01) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, operation)
COMMENT 'Security operations of stations, the newest change of each. Read with FINAL';
