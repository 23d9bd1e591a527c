-- Charging profiles of stations, the limits that others set, and what electric vehicles ask for.

-- What stands under a number: its revisions go on for as long as the station is known, so that they order its rows.
CREATE TABLE IF NOT EXISTS charging_profiles
(
    station LowCardinality(String) COMMENT 'Station id',
    profile_id Int64 COMMENT 'The number that the station knows the profile by',
    charging_profile String COMMENT 'What names the number among those of all stations' CODEC(ZSTD(1)),
    evse UInt16 COMMENT 'EVSE; 0 is the station as a whole',
    purpose LowCardinality(String) COMMENT 'OCPP ChargingProfilePurposeEnumType',
    kind LowCardinality(String) COMMENT 'OCPP ChargingProfileKindEnumType',
    stack_level Int64 COMMENT 'Of one purpose the highest that is valid rules',
    valid_from Nullable(DateTime64(6, 'UTC')) COMMENT 'Null: from the beginning',
    valid_to Nullable(DateTime64(6, 'UTC')) COMMENT 'Null: without end',
    source LowCardinality(String) COMMENT 'OCPP ChargingLimitSourceEnumType; CSO is this system',
    status LowCardinality(String) COMMENT 'requested, unconfirmed, refused, cancelled, waiting, installed, cleared, replaced, ended or gone',
    known LowCardinality(String) COMMENT 'How it is known: asked, accepted or reported',
    detail String COMMENT 'The station''s word, or the reason, where the status does not say it',
    transaction_id String COMMENT 'The transaction of a TxProfile; empty: none',
    profile String COMMENT 'The whole profile, as JSON' CODEC(ZSTD(1)),
    command_id String COMMENT 'The command that set it; empty: the station alone knows it' CODEC(ZSTD(1)),
    requested_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was asked for',
    requested_by String COMMENT 'Who asked',
    confirmed_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station last accepted or reported it',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when the station has it no more; null while it may have it',
    revision Int64 COMMENT 'Revision of the record ChargingProfileChanged',
    id String COMMENT 'Id of the record ChargingProfileChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_charging_profile charging_profile TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, profile_id)
COMMENT 'What stands under each number of a charging profile at a station. Read with FINAL';

-- A cleared limit is a row too: the newest row of a source says whether its limit holds.
CREATE TABLE IF NOT EXISTS charging_limits
(
    station LowCardinality(String) COMMENT 'Station id',
    evse UInt16 COMMENT 'EVSE; 0 is the station as a whole',
    source LowCardinality(String) COMMENT 'OCPP ChargingLimitSourceEnumType: who set the limit',
    local_generation Bool COMMENT 'It adds to the other limits',
    grid_critical Nullable(Bool) COMMENT 'Whether it is critical for the grid; null: not said',
    schedules String COMMENT 'The schedules of the limit, as JSON; empty: not told, or cleared' CODEC(ZSTD(1)),
    cleared Bool COMMENT 'The limit holds no more',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record'
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (station, evse, source, local_generation)
COMMENT 'Limits that others than this system set at stations, the newest of each source. Read with FINAL';

CREATE TABLE IF NOT EXISTS charging_needs
(
    station LowCardinality(String) COMMENT 'Station id',
    evse UInt16 COMMENT 'EVSE',
    energy_transfer LowCardinality(String) COMMENT 'OCPP EnergyTransferModeEnumType',
    control_mode LowCardinality(String) COMMENT 'OCPP ControlModeEnumType; empty: not said',
    departure_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the vehicle leaves; null: not said',
    parameters String COMMENT 'What the vehicle can and wants, as JSON by the names of OCPP' CODEC(ZSTD(1)),
    answered LowCardinality(String) COMMENT 'The status that the station was answered',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record ChargingNeedsReported'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every NotifyEVChargingNeeds';

CREATE TABLE IF NOT EXISTS ev_schedules
(
    station LowCardinality(String) COMMENT 'Station id',
    evse UInt16 COMMENT 'EVSE',
    begins_at DateTime64(6, 'UTC') COMMENT 'From when the schedule counts',
    schedule String COMMENT 'How the vehicle means to charge, as JSON' CODEC(ZSTD(1)),
    selected_schedule_id Nullable(Int64) COMMENT 'The schedule of ours that it chose; null: not said',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record EVScheduleReported'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every NotifyEVChargingSchedule';

CREATE TABLE IF NOT EXISTS priority_charging
(
    station LowCardinality(String) COMMENT 'Station id',
    transaction_id String COMMENT 'The transaction, as the station knows it',
    activated Bool COMMENT 'Priority charging began; false: it ended',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record PriorityChargingReported'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every NotifyPriorityCharging';

CREATE TABLE IF NOT EXISTS schedule_pulls
(
    station LowCardinality(String) COMMENT 'Station id',
    profile_id Int64 COMMENT 'The number of the dynamic profile',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record ScheduleUpdateRequested'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every PullDynamicScheduleUpdate';
