-- What became of the needs of electric vehicles: how the station was answered, and the profile that was planned.

CREATE TABLE IF NOT EXISTS charging_plans
(
    station LowCardinality(String) COMMENT 'Station id',
    needs String COMMENT 'Id of the record ChargingNeedsReported' CODEC(ZSTD(1)),
    evse UInt16 COMMENT 'EVSE',
    policy LowCardinality(String) COMMENT 'What decided: off, standing, fast or level',
    status LowCardinality(String) COMMENT 'OCPP NotifyEVChargingNeedsStatusEnumType that the station was answered',
    reason String COMMENT 'Why there is no profile, or what made the last one',
    transaction_id String COMMENT 'The transaction, as the station knows it; empty: none was known',
    profile_id Nullable(Int64) COMMENT 'The number of the profile that was sent last; null: none was',
    command_id String COMMENT 'The command that sent it' CODEC(ZSTD(1)),
    energy_wh Nullable(Decimal(24, 4)) COMMENT 'What the vehicle asked for, in Wh; null: not said',
    planned_wh Nullable(Decimal(24, 4)) COMMENT 'What it can have by the profile until it leaves, in Wh; null: it did not say when',
    departure_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it leaves, or its session is over by its limit; null: not known',
    plans UInt16 COMMENT 'How many profiles were sent for these needs',
    revision Int64 COMMENT 'Revision of the record ChargingPlanChanged',
    id String COMMENT 'Id of the record ChargingPlanChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, needs)
COMMENT 'What became of the needs of each vehicle. Read with FINAL';
