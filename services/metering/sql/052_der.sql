-- DER control: controls at stations, alarms, starts and ends.

CREATE TABLE IF NOT EXISTS der_controls
(
    station LowCardinality(String) COMMENT 'Station id',
    der_control String COMMENT 'Id of the control at this station' CODEC(ZSTD(1)),
    control_id String COMMENT 'The id that the station knows it by' CODEC(ZSTD(1)),
    control_type LowCardinality(String) COMMENT 'OCPP DERControlEnumType',
    is_default Bool COMMENT 'In force whenever no scheduled control of its type is',
    is_superseded Bool COMMENT 'Another control of its type rules',
    control_priority Nullable(Int64) COMMENT 'Of two controls of a type the lower number rules',
    starts_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it starts; null: a default control, or at once',
    duration_s String COMMENT 'How long it lasts, in seconds; empty: until it is cleared',
    settings String COMMENT 'Its setting, as JSON' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'requested, accepted, unconfirmed, refused, cleared, expired or gone',
    detail String COMMENT 'The station''s word where it refused',
    running Nullable(Bool) COMMENT 'Whether the station said that it runs; null: it said nothing',
    running_since Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when it runs',
    requested_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was last asked for; null: by another system',
    requested_by String COMMENT 'Who asked',
    verified_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station last reported it; null: never',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when the station does not have it; null while it has',
    revision Int64 COMMENT 'Revision of the record DERControlChanged',
    id String COMMENT 'Id of the record DERControlChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_der_control der_control TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, der_control)
COMMENT 'DER controls at stations, the newest change of each. Read with FINAL';

-- A station that was offline sends an alarm again until it is answered: rows that say the same are one.
CREATE TABLE IF NOT EXISTS der_alarms
(
    station LowCardinality(String) COMMENT 'Station id',
    control_type LowCardinality(String) COMMENT 'OCPP DERControlEnumType of the control that makes the station deviate',
    fault LowCardinality(String) COMMENT 'OCPP GridEventFaultEnumType; empty: not told',
    ended Bool COMMENT 'It is over',
    extra_info String COMMENT 'The maker''s words' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was, by the station',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record DERAlarmReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, control_type, fault, ended)
COMMENT 'Every NotifyDERAlarm. Read with FINAL';

CREATE TABLE IF NOT EXISTS der_turns
(
    station LowCardinality(String) COMMENT 'Station id',
    control_id String COMMENT 'The id that the station knows the control by' CODEC(ZSTD(1)),
    started Bool COMMENT 'It has started; else it has ended',
    superseded_ids Array(String) COMMENT 'Controls in whose place it started' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was, by the station',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record DERStartStopReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, control_id, started)
COMMENT 'Every NotifyDERStartStop. Read with FINAL';
