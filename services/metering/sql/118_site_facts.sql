-- What is observed at sites: readings of their meters, and what drivers need.

CREATE TABLE IF NOT EXISTS site_meter_readings
(
    site LowCardinality(String) COMMENT 'Site',
    tenant LowCardinality(String) COMMENT 'Tenant whose the site is',
    meter LowCardinality(String) COMMENT 'Meter, as the site''s tree names it',
    l1_a Nullable(Decimal(24, 4)) COMMENT 'Current in A on L1, negative where it is given to the site; null: not said',
    l2_a Nullable(Decimal(24, 4)) COMMENT 'Current in A on L2',
    l3_a Nullable(Decimal(24, 4)) COMMENT 'Current in A on L3',
    watts Nullable(Decimal(24, 4)) COMMENT 'Power in W of all lines together; null: not said',
    measured_at DateTime64(6, 'UTC') COMMENT 'When the meter measured' CODEC(DoubleDelta, ZSTD(1)),
    received_at DateTime64(6, 'UTC') COMMENT 'When the API received it' CODEC(DoubleDelta, ZSTD(1)),
    id String COMMENT 'Id of the record SiteMeterReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(measured_at)
ORDER BY (site, meter, measured_at, id)
TTL toDateTime(measured_at) + INTERVAL 400 DAY
COMMENT 'Readings of meters of what nobody manages at sites. Read with FINAL where repeats matter';

CREATE TABLE IF NOT EXISTS site_needs
(
    site LowCardinality(String) COMMENT 'Site',
    station LowCardinality(String) COMMENT 'Station id',
    evse UInt16 COMMENT 'EVSE',
    transaction_id String COMMENT 'Transaction id as the station knows it; empty: the one that runs' CODEC(ZSTD(1)),
    energy_wh Nullable(Decimal(24, 4)) COMMENT 'Energy that is needed in Wh, from the session''s beginning; null: not known',
    departure_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the car leaves; null: not known',
    source LowCardinality(String) COMMENT 'driver, fleet or ev (ISO 15118)',
    stated_by String COMMENT 'Who said so' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was said',
    id String COMMENT 'Id of the record NeedStated' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (site, station, evse)
COMMENT 'What is needed at each EVSE of a site, the newest statement. Read with FINAL';
