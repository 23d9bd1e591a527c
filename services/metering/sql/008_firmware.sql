-- Firmware campaigns, and each station's update in them.

CREATE TABLE IF NOT EXISTS firmware_campaigns
(
    campaign String COMMENT 'Campaign id',
    name String COMMENT 'Name, by the operator',
    status LowCardinality(String) COMMENT 'preparing, scheduled, running, paused, halted, cancelling, cancelled or finished',
    reason String COMMENT 'Why it is halted',
    version LowCardinality(String) COMMENT 'The firmware version it brings',
    stations UInt32 COMMENT 'Stations of its frozen list',
    wave UInt32 COMMENT 'The wave it is in, counted from 0',
    counts Map(String, UInt32) COMMENT 'Stations by the state of their update',
    verdicts String COMMENT 'JSON array: what each gate found',
    timeline String COMMENT 'JSON array: what happened to it' CODEC(ZSTD(3)),
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was asked for',
    requested_by String COMMENT 'Who asked',
    started_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When its first wave began',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it finished or was cancelled',
    id String COMMENT 'Id of the record CampaignChanged',
    revision Int64 COMMENT 'Revision of the record CampaignChanged',
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY campaign
COMMENT 'Firmware campaigns, the newest change of each. Read with FINAL';

-- A campaign's id is never used again, so that its revisions order its rows even where the bus forgets.
CREATE TABLE IF NOT EXISTS firmware_updates
(
    campaign String COMMENT 'Campaign id',
    number UInt32 COMMENT 'Place of the station in the campaign''s list',
    station String COMMENT 'Station id',
    revision Int64 COMMENT 'Revision of the record UpdateChanged; 0 where the station''s turn has not come',
    state LowCardinality(String) COMMENT 'Where the update stands',
    attempt UInt16 COMMENT 'Commands asked for so far',
    detail String COMMENT 'What the station or the CSMS adds',
    request_id Nullable(Int64) COMMENT 'The request id of the attempt',
    command_id String COMMENT 'The command of the attempt',
    from_version LowCardinality(String) COMMENT 'Firmware before',
    to_version LowCardinality(String) COMMENT 'Firmware asked for',
    ordered_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When its turn first came',
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_station station TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (campaign, number)
COMMENT 'Each station''s update in a campaign, the newest change. Read with FINAL';

CREATE TABLE IF NOT EXISTS firmware_history
(
    campaign String COMMENT 'Campaign id',
    number UInt32 COMMENT 'Place of the station in the campaign''s list',
    station String COMMENT 'Station id',
    revision Int64 COMMENT 'Revision of the record UpdateChanged',
    state LowCardinality(String) COMMENT 'The state it came to',
    attempt UInt16 COMMENT 'Commands asked for so far',
    detail String COMMENT 'What the station or the CSMS adds',
    id String COMMENT 'Id of the record UpdateChanged',
    changed_at DateTime64(6, 'UTC') COMMENT 'When'
)
ENGINE = ReplacingMergeTree
ORDER BY (campaign, number, revision)
COMMENT 'Every change of every update';

CREATE TABLE IF NOT EXISTS firmware_statuses
(
    station LowCardinality(String) COMMENT 'Station id',
    status LowCardinality(String) COMMENT 'OCPP FirmwareStatusEnumType',
    request_id Nullable(Int64) COMMENT 'The update it speaks of; null in unsigned 1.6',
    detail String COMMENT 'What the station adds',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record FirmwareStatusReported'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id)
COMMENT 'Every firmware status notification';
