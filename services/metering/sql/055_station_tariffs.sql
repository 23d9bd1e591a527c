-- Tariffs at stations: what each is to have, and what it has.

-- A station has one row; its revisions order what it was.
CREATE TABLE IF NOT EXISTS station_tariffs
(
    station LowCardinality(String) COMMENT 'Station id',
    status LowCardinality(String) COMMENT 'unmanaged, in-step, sending, out-of-step, inexpressible, unsupported or refused',
    why String COMMENT 'The reason, where the status does not say it' CODEC(ZSTD(1)),
    wanted String COMMENT 'The default tariffs that it is to have, as JSON' CODEC(ZSTD(1)),
    installed String COMMENT 'The tariffs that it has, as JSON' CODEC(ZSTD(1)),
    read_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it said last what it has; null: never',
    revision Int64 COMMENT 'Revision of the record StationTariffsChanged',
    id String COMMENT 'Id of the record StationTariffsChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY station
COMMENT 'Tariffs at stations (OCPP 2.1, I07 to I11), the newest change of each. Read with FINAL';
