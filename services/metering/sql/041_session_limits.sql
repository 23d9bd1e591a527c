-- Limited sessions: what each was limited to, what it reached, and whether it was stopped by that.

CREATE TABLE IF NOT EXISTS session_limits
(
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'Transaction id that the station and we share' CODEC(ZSTD(1)),
    token_key String COMMENT 'The token as tokens are compared; empty: none' CODEC(ZSTD(1)),
    max_cost Nullable(Decimal(24, 4)) COMMENT 'Most cost, in currency',
    currency LowCardinality(String) COMMENT 'ISO 4217, of max_cost; empty: that of the tariff',
    max_energy_wh Nullable(Decimal(24, 4)) COMMENT 'Most energy in Wh',
    max_time_s Nullable(Int64) COMMENT 'Longest time in seconds',
    max_soc_percent Nullable(Int64) COMMENT 'Highest state of charge in percent',
    station_max_cost Nullable(Decimal(24, 4)) COMMENT 'What the station says that it keeps to: most cost, in the currency of the tariff',
    station_max_energy_wh Nullable(Decimal(24, 4)) COMMENT 'Likewise: most energy in Wh',
    station_max_time_s Nullable(Int64) COMMENT 'Likewise: longest time in seconds',
    station_max_soc_percent Nullable(Int64) COMMENT 'Likewise: highest state of charge in percent',
    kept_by_station Array(LowCardinality(String)) COMMENT 'The limits that the station keeps to itself: cost, energy, time, soc',
    status LowCardinality(String) COMMENT 'watched, reached, stopping, stopped, kept or not-stopped',
    reached LowCardinality(String) COMMENT 'What was reached first: cost, energy, time, soc, or currency where that cannot be compared; empty: nothing',
    value Nullable(Decimal(24, 4)) COMMENT 'How far the session was then, in the unit of the limit',
    reached_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was reached',
    attempts Int64 COMMENT 'How often its station was asked to stop it',
    detail String COMMENT 'What came of the last time',
    revision Int64 COMMENT 'Revision of the record SessionLimitChanged',
    id String COMMENT 'Id of the record SessionLimitChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_token token_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, session)
COMMENT 'Limited sessions, the newest change of each. Read with FINAL';
