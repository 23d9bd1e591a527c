-- Battery swaps, and the batteries in the slots of stations.

CREATE TABLE IF NOT EXISTS battery_swaps
(
    station LowCardinality(String) COMMENT 'Station id',
    swap String COMMENT 'Id of the swap: that of its RequestBatterySwap command, or one of its own' CODEC(ZSTD(1)),
    request_id Int64 COMMENT 'The number that joins its messages',
    token String COMMENT 'Token of the driver' CODEC(ZSTD(1)),
    token_type LowCardinality(String) COMMENT 'OCPP IdTokenEnumType',
    status LowCardinality(String) COMMENT 'requested, accepted, unconfirmed, refused, unused, inserted, swapped, taken or timed-out',
    detail String COMMENT 'The station''s word where it refused',
    inserted String COMMENT 'Batteries that were put in, as JSON' CODEC(ZSTD(1)),
    taken String COMMENT 'Batteries that were taken out, as JSON' CODEC(ZSTD(1)),
    left String COMMENT 'Batteries that were offered and not taken in time, as JSON' CODEC(ZSTD(1)),
    requested_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was asked for; null: begun at the station',
    requested_by String COMMENT 'Who asked',
    in_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the first battery was put in',
    out_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the first battery was taken',
    timed_out_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the driver had not taken those that were offered',
    began_at DateTime64(6, 'UTC') COMMENT 'When it was asked for, or its first message came',
    revision Int64 COMMENT 'Revision of the record BatterySwapChanged',
    id String COMMENT 'Id of the record BatterySwapChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_swap swap TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, swap)
COMMENT 'Battery swaps, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS battery_slots
(
    station LowCardinality(String) COMMENT 'Station id',
    slot Int64 COMMENT 'Number of the slot: its EVSE',
    battery String COMMENT 'The battery in it, as JSON; null: it is empty' CODEC(ZSTD(1)),
    swap String COMMENT 'The swap that made it so' CODEC(ZSTD(1)),
    revision Int64 COMMENT 'Revision of the record BatterySlotChanged',
    id String COMMENT 'Id of the record BatterySlotChanged' CODEC(ZSTD(1)),
    since DateTime64(6, 'UTC') COMMENT 'Since when it is so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, slot)
COMMENT 'Slots of stations with the batteries in them. Read with FINAL';

-- One row for each battery of a message.
CREATE TABLE IF NOT EXISTS battery_events
(
    serial_number String COMMENT 'Serial number of the battery' CODEC(ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    slot Int64 COMMENT 'Number of the slot: its EVSE',
    event LowCardinality(String) COMMENT 'OCPP BatterySwapEventEnumType',
    request_id Int64 COMMENT 'The number that joins the messages of a swap',
    token String COMMENT 'Token of the driver' CODEC(ZSTD(1)),
    soc Decimal(24, 4) COMMENT 'State of charge, percent',
    soh Decimal(24, 4) COMMENT 'State of health, percent',
    produced_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was produced; null: not told',
    vendor_info String COMMENT 'The maker''s words' CODEC(ZSTD(1)),
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    position UInt16 COMMENT 'Number of the battery within its message, from 0',
    id String COMMENT 'Id of the record BatterySwapReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (serial_number, received_at, id, position)
COMMENT 'Every battery of a BatterySwap: where a battery was, and in which state';
