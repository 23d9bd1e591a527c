-- The variables of stations, and the reports that told them.

CREATE TABLE IF NOT EXISTS variables
(
    station LowCardinality(String) COMMENT 'Station id',
    variable_id String COMMENT 'Id of the variable among those of all stations' CODEC(ZSTD(1)),
    key String COMMENT 'Its name as commands have it: Component[instance]@evse:connector.Variable[instance], or the 1.6 key' CODEC(ZSTD(1)),
    component LowCardinality(String) COMMENT 'Component; empty: a 1.6 key',
    component_instance LowCardinality(String) COMMENT 'Instance of the component; empty: none',
    evse Nullable(UInt16) COMMENT 'EVSE of the component; null: none',
    connector Nullable(UInt16) COMMENT 'Connector of the component; null: none',
    variable LowCardinality(String) COMMENT 'Variable, or the 1.6 key',
    variable_instance LowCardinality(String) COMMENT 'Instance of the variable; empty: none',
    value Nullable(String) COMMENT 'The Actual value; null: not set, or not told' CODEC(ZSTD(1)),
    attributes String COMMENT 'Every attribute as JSON: type, value, mutability, persistent, constant' CODEC(ZSTD(1)),
    data_type LowCardinality(String) COMMENT 'OCPP DataEnumType; empty: not told',
    unit LowCardinality(String) COMMENT 'Unit of the value; empty: none',
    min_limit String COMMENT 'Least value; empty: none' CODEC(ZSTD(1)),
    max_limit String COMMENT 'Greatest value; empty: none' CODEC(ZSTD(1)),
    max_elements Nullable(Int64) COMMENT 'Most elements of a list; null: not told',
    values_list String COMMENT 'Values that it may have, with commas between; empty: any' CODEC(ZSTD(1)),
    supports_monitoring Nullable(Bool) COMMENT 'Whether it can be monitored; null: not told',
    source LowCardinality(String) COMMENT 'reported, read or written: how the newest value became known',
    removed Bool COMMENT 'A later report of everything does not name it',
    revision Int64 COMMENT 'Revision of the record VariableChanged',
    id String COMMENT 'Id of the record VariableChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, variable_id)
COMMENT 'Variables of the device model, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS variable_history
(
    station LowCardinality(String) COMMENT 'Station id',
    variable_id String COMMENT 'Id of the variable among those of all stations' CODEC(ZSTD(1)),
    key String COMMENT 'Its name as commands have it: Component[instance]@evse:connector.Variable[instance], or the 1.6 key' CODEC(ZSTD(1)),
    component LowCardinality(String) COMMENT 'Component; empty: a 1.6 key',
    component_instance LowCardinality(String) COMMENT 'Instance of the component; empty: none',
    evse Nullable(UInt16) COMMENT 'EVSE of the component; null: none',
    connector Nullable(UInt16) COMMENT 'Connector of the component; null: none',
    variable LowCardinality(String) COMMENT 'Variable, or the 1.6 key',
    variable_instance LowCardinality(String) COMMENT 'Instance of the variable; empty: none',
    value Nullable(String) COMMENT 'The Actual value; null: not set, or not told' CODEC(ZSTD(1)),
    attributes String COMMENT 'Every attribute as JSON: type, value, mutability, persistent, constant' CODEC(ZSTD(1)),
    data_type LowCardinality(String) COMMENT 'OCPP DataEnumType; empty: not told',
    unit LowCardinality(String) COMMENT 'Unit of the value; empty: none',
    min_limit String COMMENT 'Least value; empty: none' CODEC(ZSTD(1)),
    max_limit String COMMENT 'Greatest value; empty: none' CODEC(ZSTD(1)),
    max_elements Nullable(Int64) COMMENT 'Most elements of a list; null: not told',
    values_list String COMMENT 'Values that it may have, with commas between; empty: any' CODEC(ZSTD(1)),
    supports_monitoring Nullable(Bool) COMMENT 'Whether it can be monitored; null: not told',
    source LowCardinality(String) COMMENT 'reported, read or written: how the newest value became known',
    removed Bool COMMENT 'A later report of everything does not name it',
    revision Int64 COMMENT 'Revision of the record VariableChanged',
    id String COMMENT 'Id of the record VariableChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, variable_id, revision)
COMMENT 'Every change of a variable of the device model';

CREATE TABLE IF NOT EXISTS variable_reports
(
    station LowCardinality(String) COMMENT 'Station id',
    request_id Int64 COMMENT 'The number of the request that the report answers',
    seq_no Int64 COMMENT 'The number of the part within the report, from 0',
    last Bool COMMENT 'Nothing comes after it',
    generated_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station made the part',
    variables String COMMENT 'The variables as JSON, with attributes and characteristics' CODEC(ZSTD(3)),
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record VariablesReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id)
COMMENT 'Every part of a NotifyReport';
