-- Reports that stations make in parts, and the parts.

CREATE TABLE IF NOT EXISTS reports
(
    station LowCardinality(String) COMMENT 'Station id',
    report String COMMENT 'Report id: the id of the command that asked for it' CODEC(ZSTD(1)),
    message LowCardinality(String) COMMENT 'OCPP message that brings the parts',
    request_id Int64 COMMENT 'OCPP requestId of the request and of each part',
    status LowCardinality(String) COMMENT 'waiting, whole, empty, refused or incomplete',
    detail String COMMENT 'The station''s word, where the status does not say it',
    parts Int64 COMMENT 'Parts that have come',
    items Int64 COMMENT 'Things that these carry',
    missing Array(Int64) COMMENT 'Numbers of parts that have not come, 100 at most',
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was asked for',
    requested_by String COMMENT 'Who asked',
    first_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the first part came',
    last_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the newest part came',
    revision Int64 COMMENT 'Revision of the record ReportChanged',
    id String COMMENT 'Id of the record ReportChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_report report TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, report)
COMMENT 'Reports that stations make in parts, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS report_parts
(
    station LowCardinality(String) COMMENT 'Station id',
    message LowCardinality(String) COMMENT 'OCPP message that brought it',
    request_id Int64 COMMENT 'OCPP requestId',
    seq_no Int64 COMMENT 'Number of the part within its report',
    last Bool COMMENT 'No part comes after it',
    items Int64 COMMENT 'Things that it carries',
    content String COMMENT 'What it carries, as JSON' CODEC(ZSTD(3)),
    generated_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station made it, by its own clock',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record of the part' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (station, message, request_id, received_at, id)
-- What stations tell of customers is personal: it is kept here as long as on its topic.
TTL toDateTime(received_at) + INTERVAL 1 DAY DELETE WHERE message = 'NotifyCustomerInformation'
COMMENT 'Every part of every report';
