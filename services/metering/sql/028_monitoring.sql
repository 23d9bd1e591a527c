-- Events of variables, and the monitors that stations reported.

CREATE TABLE IF NOT EXISTS variable_events
(
    station LowCardinality(String) COMMENT 'Station id',
    key String COMMENT 'The variable as commands name it: Component[instance]@evse:connector.Variable[instance]' CODEC(ZSTD(1)),
    component LowCardinality(String) COMMENT 'Component',
    component_instance LowCardinality(String) COMMENT 'Instance of the component; empty: none',
    evse Nullable(UInt16) COMMENT 'EVSE of the component; null: none',
    connector Nullable(UInt16) COMMENT 'Connector of the component; null: none',
    variable LowCardinality(String) COMMENT 'Variable',
    variable_instance LowCardinality(String) COMMENT 'Instance of the variable; empty: none',
    event_id Int64 COMMENT 'The station''s id of the event',
    trigger LowCardinality(String) COMMENT 'OCPP EventTriggerEnumType',
    value String COMMENT 'The value then' CODEC(ZSTD(1)),
    cleared Bool COMMENT 'What an earlier event told of is over',
    cause Nullable(Int64) COMMENT 'Id of the event that caused this one; null: not told',
    monitor_id Nullable(Int64) COMMENT 'The monitor that made it; null: none',
    severity Nullable(Int64) COMMENT '0 danger to 9 debug; null: not told',
    origin LowCardinality(String) COMMENT 'OCPP EventNotificationEnumType',
    tech_code String COMMENT 'The maker''s code' CODEC(ZSTD(1)),
    tech_info String COMMENT 'The maker''s words' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'The station''s transaction id; empty: none' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was, by the station',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    position UInt16 COMMENT 'Number of the event within its message, from 0',
    id String COMMENT 'Id of the record EventsReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, id, position)
COMMENT 'Every event of a NotifyEvent';

CREATE TABLE IF NOT EXISTS variable_monitors
(
    station LowCardinality(String) COMMENT 'Station id',
    key String COMMENT 'The variable as commands name it: Component[instance]@evse:connector.Variable[instance]' CODEC(ZSTD(1)),
    component LowCardinality(String) COMMENT 'Component',
    component_instance LowCardinality(String) COMMENT 'Instance of the component; empty: none',
    evse Nullable(UInt16) COMMENT 'EVSE of the component; null: none',
    connector Nullable(UInt16) COMMENT 'Connector of the component; null: none',
    variable LowCardinality(String) COMMENT 'Variable',
    variable_instance LowCardinality(String) COMMENT 'Instance of the variable; empty: none',
    monitor_id Int64 COMMENT 'The station''s id of the monitor',
    type LowCardinality(String) COMMENT 'OCPP MonitorEnumType',
    value String COMMENT 'The limit, the change, or the seconds' CODEC(ZSTD(1)),
    severity Int64 COMMENT '0 danger to 9 debug',
    transaction Bool COMMENT 'It watches only while a transaction runs',
    origin LowCardinality(String) COMMENT 'OCPP EventNotificationEnumType; empty: not told',
    request_id Int64 COMMENT 'The number of the request that the report answers',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    position UInt16 COMMENT 'Number of the monitor within its part, from 0',
    id String COMMENT 'Id of the record MonitorsReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id, position)
COMMENT 'Every monitor of a NotifyMonitoringReport';
