-- Demand response: events, and what became of each at each station.

CREATE TABLE IF NOT EXISTS demand_events
(
    event String COMMENT 'Id of the event' CODEC(ZSTD(1)),
    tenant LowCardinality(String) COMMENT 'tenant whose it is; empty: the deployment',
    status LowCardinality(String) COMMENT 'planned, active, over or cancelled',
    kind LowCardinality(String) COMMENT 'demand-response, or dimming (par. 14a EnWG)',
    title String COMMENT 'For people' CODEC(ZSTD(1)),
    programme LowCardinality(String) COMMENT 'The programme that it is of; empty: none',
    terms String COMMENT 'What the event asks for, where and when, as JSON' CODEC(ZSTD(1)),
    from_at DateTime64(6, 'UTC') COMMENT 'When the limit begins',
    to_at DateTime64(6, 'UTC') COMMENT 'When the limit ends',
    opted_out Array(String) COMMENT 'Sites that opted out' CODEC(ZSTD(1)),
    stations UInt32 COMMENT 'Stations that got an order of their own',
    edition Int64 COMMENT 'How often what matters to stations has changed, from 1 on',
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was ordered',
    requested_by LowCardinality(String) COMMENT 'Who ordered it',
    cancelled_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was cancelled; null: not',
    revision Int64 COMMENT 'Revision of the record DemandEventChanged',
    id String COMMENT 'Id of the record DemandEventChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (event)
COMMENT 'Demand-response events, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS demand_stations
(
    event String COMMENT 'Id of the event' CODEC(ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    demand_station String COMMENT 'Names the event at the station' CODEC(ZSTD(1)),
    site LowCardinality(String) COMMENT 'Site of the station then',
    status LowCardinality(String) COMMENT 'waiting, asked, accepted, rejected, unreachable, unanswered, unlimited, opted-out, released or over',
    detail String COMMENT 'The station''s word, or the reason' CODEC(ZSTD(1)),
    edition Int64 COMMENT 'Edition of the event',
    limit_w Nullable(Decimal(24, 4)) COMMENT 'What the event leaves to the station in W; null: not known, or limited in A',
    limit_a Nullable(Decimal(24, 4)) COMMENT 'The same in A for each phase; null: limited in W',
    baseline_w Nullable(Decimal(24, 4)) COMMENT 'What it would have drawn, as reckoned at the order; null: not needed, or not known',
    least Nullable(Decimal(24, 4)) COMMENT 'The least that it was told, of all its events together',
    unit LowCardinality(Nullable(String)) COMMENT 'Unit of that: W or A',
    purpose LowCardinality(Nullable(String)) COMMENT 'By which kind of charging profile',
    command_id String COMMENT 'The latest command; empty: none' CODEC(ZSTD(1)),
    attempts Int64 COMMENT 'How often it was asked',
    from_at DateTime64(6, 'UTC') COMMENT 'When the limit begins',
    to_at DateTime64(6, 'UTC') COMMENT 'When the limit ends',
    ordered_at DateTime64(6, 'UTC') COMMENT 'When it was ordered',
    asked_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station was asked last; null: not yet',
    accepted_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it accepted the limit; null: not yet',
    revision Int64 COMMENT 'Revision of the record DemandStationChanged',
    id String COMMENT 'Id of the record DemandStationChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (event, station)
COMMENT 'Demand-response events at stations, the newest change of each. Read with FINAL';
