-- Logs that stations were asked to upload, and what they said of the uploads.

CREATE TABLE IF NOT EXISTS logs
(
    station LowCardinality(String) COMMENT 'Station id',
    log String COMMENT 'Log id: the id of its GetLog command' CODEC(ZSTD(1)),
    type LowCardinality(String) COMMENT 'OCPP 2.x LogEnumType',
    status LowCardinality(String) COMMENT 'requested, accepted, empty, unconfirmed, refused, uploading, uploaded, failed, cancelled or stored',
    detail String COMMENT 'The station''s word, where the status does not say it',
    file String COMMENT 'Name of the file, as the station gave it' CODEC(ZSTD(1)),
    place String COMMENT 'Where the file lies in the store of files; empty: it is not here' CODEC(ZSTD(1)),
    size UInt32 COMMENT 'Bytes of the stored file',
    sha256 String COMMENT 'Digest of the stored file, hexadecimal' CODEC(ZSTD(1)),
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was asked for',
    requested_by String COMMENT 'Who asked',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was stored, failed or refused; null while it may still come',
    revision Int64 COMMENT 'Revision of the record LogChanged',
    id String COMMENT 'Id of the record LogChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_log log TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, log)
COMMENT 'Logs that stations were asked for, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS log_statuses
(
    station LowCardinality(String) COMMENT 'Station id',
    request_id Nullable(Int64) COMMENT 'OCPP requestId; null in 1.6 DiagnosticsStatusNotification',
    status LowCardinality(String) COMMENT 'OCPP UploadLogStatusEnumType',
    detail String COMMENT 'What the station says of it',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record LogStatusReported'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every LogStatusNotification and DiagnosticsStatusNotification';
