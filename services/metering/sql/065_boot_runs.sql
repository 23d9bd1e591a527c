-- Boot templates: what was sent to stations after they booted, and what became of it.

-- A run's id is never used again, so that its revisions order its rows.
CREATE TABLE IF NOT EXISTS boot_runs
(
    station LowCardinality(String) COMMENT 'Station id',
    run String COMMENT 'Id of the run' CODEC(ZSTD(1)),
    template LowCardinality(String) COMMENT 'Name of the template',
    title LowCardinality(String) COMMENT 'Title of the template at the start of the run; empty before it',
    template_revision Int64 COMMENT 'Revision of the commands of the template; 0 before the run has begun',
    cause LowCardinality(String) COMMENT 'boot, or order: an operator asked for it',
    status LowCardinality(String) COMMENT 'waiting, running, done, partial, replaced or dropped',
    why String COMMENT 'What is waited for, or why it ended before its last command' CODEC(ZSTD(1)),
    boot_reason LowCardinality(String) COMMENT 'OCPP 2.x BootReasonEnumType of the latest boot; empty: not said',
    booted_at Nullable(DateTime64(6, 'UTC')) COMMENT 'The latest boot of the station; null: none is known',
    steps String COMMENT 'Each command with its outcome, as JSON' CODEC(ZSTD(1)),
    requested_at DateTime64(6, 'UTC') COMMENT 'When the station booted, or the run was ordered',
    requested_by LowCardinality(String) COMMENT 'Who ordered it; empty: it follows from a boot',
    started_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When its first command left; null: it has not begun',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it ended; null before that',
    revision Int64 COMMENT 'Revision of the record BootRunChanged',
    id String COMMENT 'Id of the record BootRunChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_run run TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_template template TYPE set(100) GRANULARITY 4
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, run)
COMMENT 'Runs of boot templates, the newest change of each. Read with FINAL';
