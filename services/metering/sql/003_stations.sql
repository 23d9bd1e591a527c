-- Stations as they are now, and what happened to them.

CREATE TABLE IF NOT EXISTS stations
(
    station String COMMENT 'Station id',
    connected Bool COMMENT 'A gateway holds its connection',
    gateway LowCardinality(String) COMMENT 'The gateway that holds it, or held it last',
    epoch Int64 COMMENT 'Epoch of its newest connection',
    version LowCardinality(String) COMMENT 'OCPP version of its newest connection; empty where it never connected',
    remote_address String COMMENT 'Where it connects from',
    vendor LowCardinality(String) COMMENT 'Vendor, by its BootNotification',
    model LowCardinality(String) COMMENT 'Model, by its BootNotification',
    serial_number String COMMENT 'Serial number, by its BootNotification',
    firmware_version LowCardinality(String) COMMENT 'Firmware, by its BootNotification',
    registration LowCardinality(String) COMMENT 'Accepted, Pending or Rejected; empty where nothing is decided',
    provisioned Bool COMMENT 'An operator provisioned it',
    removed Bool COMMENT 'An operator removed it',
    site LowCardinality(String) COMMENT 'Site, by the operator',
    labels Map(String, String) COMMENT 'Labels, by the operator',
    heartbeat_interval_s Nullable(Int32) COMMENT 'Heartbeat interval of its own, where the operator set one',
    connectors String COMMENT 'JSON array of its connectors: evse, connector, status, detail, error_code, info, at',
    faulted UInt16 COMMENT 'Connectors that are Faulted',
    connected_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Start of its newest connection',
    disconnected_at Nullable(DateTime64(6, 'UTC')) COMMENT 'End of its last connection',
    booted_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Its last BootNotification',
    seen_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was last heard of',
    revision Int64 COMMENT 'Revision of the record StationChanged',
    id String COMMENT 'Id of the record StationChanged',
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so; the newest row of a station is the station'
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY station
COMMENT 'Stations, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS station_events
(
    station LowCardinality(String) COMMENT 'Station id',
    at DateTime64(6, 'UTC') COMMENT 'When it happened',
    event LowCardinality(String) COMMENT 'connected, disconnected or booted',
    detail String COMMENT 'JSON object with the rest of the record' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record',
    INDEX by_time at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, id)
COMMENT 'Connections and boots. StationSeen is not kept: stations.seen_at has the last';

CREATE TABLE IF NOT EXISTS connector_status
(
    station LowCardinality(String) COMMENT 'Station id',
    evse UInt16 COMMENT 'EVSE; 0 is the station as a whole',
    connector UInt16 COMMENT 'Connector of the EVSE',
    at DateTime64(6, 'UTC') COMMENT 'When, by the station',
    status LowCardinality(String) COMMENT 'OCPP 2.x ConnectorStatusEnumType',
    detail LowCardinality(String) COMMENT 'The 1.6 word',
    error_code LowCardinality(String) COMMENT '1.6 ChargePointErrorCode',
    info String COMMENT 'What the station adds',
    vendor_id LowCardinality(String) COMMENT 'Vendor of the vendor error code',
    vendor_error_code LowCardinality(String) COMMENT 'The vendor''s own error code',
    at_source LowCardinality(String) COMMENT 'Whose clock `at` is: station or gateway',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record ConnectorStatusReported'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, id)
COMMENT 'Every status that a connector ever reported';

CREATE TABLE IF NOT EXISTS facts
(
    station LowCardinality(String) COMMENT 'Station id',
    noun LowCardinality(String) COMMENT 'What it is about: firmware, security, data-transfers, ...',
    at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    action LowCardinality(String) COMMENT 'OCPP action',
    version LowCardinality(String) COMMENT 'OCPP version; empty where the record does not tell',
    payload String COMMENT 'JSON, as the station sent it' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record',
    INDEX by_time at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, noun, at, id)
COMMENT 'Messages kept as they came, vendor data included';
