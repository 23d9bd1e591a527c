-- What flows at sites: each as it is now, its nodes over time, and what needs a person.

CREATE TABLE IF NOT EXISTS site_loads
(
    site LowCardinality(String) COMMENT 'Site',
    tenant LowCardinality(String) COMMENT 'Tenant whose the site is',
    revision Int64 COMMENT 'Revision of the record SiteLoadChanged',
    exceeded Bool COMMENT 'Whether a limit is exceeded',
    nodes String COMMENT 'Each node with its loads and limits, as JSON' CODEC(ZSTD(3)),
    evses String COMMENT 'Each EVSE with what it was told and draws, as JSON' CODEC(ZSTD(3)),
    at DateTime64(6, 'UTC') COMMENT 'When this became so',
    id String COMMENT 'Id of the record SiteLoadChanged' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY site
COMMENT 'Loads of sites, the newest change of each. Read with FINAL';

-- One row for each change of a node that is no EVSE: what EVSEs draw is in meter_values. A week of it answers "what happened then".
-- Whatever is older is asked of the rollup.
CREATE TABLE IF NOT EXISTS site_node_loads
(
    site LowCardinality(String) COMMENT 'Site',
    tenant LowCardinality(String) COMMENT 'Tenant whose the site is',
    node LowCardinality(String) COMMENT 'Node of the site''s tree',
    at DateTime64(3, 'UTC') COMMENT 'When this became so' CODEC(DoubleDelta, ZSTD(1)),
    l1_a Nullable(Float32) COMMENT 'Load in A on L1, as measured; null: not known' CODEC(ZSTD(1)),
    l2_a Nullable(Float32) COMMENT 'Load in A on L2' CODEC(ZSTD(1)),
    l3_a Nullable(Float32) COMMENT 'Load in A on L3' CODEC(ZSTD(1)),
    told_l1_a Nullable(Float32) COMMENT 'What EVSEs below may draw at most, with what nobody manages, in A on L1' CODEC(ZSTD(1)),
    told_l2_a Nullable(Float32) COMMENT 'The same on L2' CODEC(ZSTD(1)),
    told_l3_a Nullable(Float32) COMMENT 'The same on L3' CODEC(ZSTD(1)),
    limit_l1_a Nullable(Float32) COMMENT 'Limit in A on L1; null: none' CODEC(ZSTD(1)),
    limit_l2_a Nullable(Float32) COMMENT 'Limit in A on L2' CODEC(ZSTD(1)),
    limit_l3_a Nullable(Float32) COMMENT 'Limit in A on L3' CODEC(ZSTD(1)),
    load_w Nullable(Float32) COMMENT 'Load in W of all lines; null: not known' CODEC(ZSTD(1)),
    limit_w Nullable(Float32) COMMENT 'Limit in W; null: none' CODEC(ZSTD(1)),
    exceeded Bool COMMENT 'Whether it was above a limit',
    revision Int64 COMMENT 'Revision of the record SiteLoadChanged' CODEC(DoubleDelta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(revision)
PARTITION BY toYYYYMMDD(at)
ORDER BY (site, node, at, revision)
TTL toDateTime(at) + INTERVAL 7 DAY
COMMENT 'Loads of nodes over time, a row for each change; kept for a week. Read with FINAL where repeats matter';

-- Delivery is at least once, so the rollup keeps only what does not grow by repetition: greatest loads, smallest limits.
CREATE TABLE IF NOT EXISTS site_node_minutes
(
    site LowCardinality(String) COMMENT 'Site',
    tenant LowCardinality(String) COMMENT 'Tenant whose the site is',
    node LowCardinality(String) COMMENT 'Node of the site''s tree',
    minute DateTime('UTC') COMMENT 'The minute' CODEC(DoubleDelta, ZSTD(1)),
    l1_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'Greatest load in A on L1' CODEC(ZSTD(1)),
    l2_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'Greatest load in A on L2' CODEC(ZSTD(1)),
    l3_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'Greatest load in A on L3' CODEC(ZSTD(1)),
    told_l1_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'Most that EVSEs below could draw, in A on L1' CODEC(ZSTD(1)),
    told_l2_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'The same on L2' CODEC(ZSTD(1)),
    told_l3_a SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'The same on L3' CODEC(ZSTD(1)),
    limit_l1_a SimpleAggregateFunction(min, Nullable(Float32)) COMMENT 'Smallest limit in A on L1; null: none' CODEC(ZSTD(1)),
    limit_l2_a SimpleAggregateFunction(min, Nullable(Float32)) COMMENT 'Smallest limit in A on L2' CODEC(ZSTD(1)),
    limit_l3_a SimpleAggregateFunction(min, Nullable(Float32)) COMMENT 'Smallest limit in A on L3' CODEC(ZSTD(1)),
    load_w SimpleAggregateFunction(max, Nullable(Float32)) COMMENT 'Greatest load in W' CODEC(ZSTD(1)),
    limit_w SimpleAggregateFunction(min, Nullable(Float32)) COMMENT 'Smallest limit in W; null: none' CODEC(ZSTD(1)),
    exceeded SimpleAggregateFunction(max, UInt8) COMMENT 'Whether it was above a limit'
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (site, node, minute, tenant)
TTL minute + INTERVAL 400 DAY
COMMENT 'Loads of nodes by minute: the extremes. Group by what you ask for';

CREATE MATERIALIZED VIEW IF NOT EXISTS site_node_minutes_of_loads TO site_node_minutes AS
SELECT r.site AS site, r.tenant AS tenant, r.node AS node, toStartOfMinute(r.at) AS minute,
    max(r.l1_a) AS l1_a, max(r.l2_a) AS l2_a, max(r.l3_a) AS l3_a,
    max(r.told_l1_a) AS told_l1_a, max(r.told_l2_a) AS told_l2_a, max(r.told_l3_a) AS told_l3_a,
    min(r.limit_l1_a) AS limit_l1_a, min(r.limit_l2_a) AS limit_l2_a, min(r.limit_l3_a) AS limit_l3_a,
    max(r.load_w) AS load_w, min(r.limit_w) AS limit_w, max(toUInt8(r.exceeded)) AS exceeded
FROM site_node_loads AS r
GROUP BY site, tenant, node, minute;

CREATE TABLE IF NOT EXISTS site_alerts
(
    site LowCardinality(String) COMMENT 'Site',
    tenant LowCardinality(String) COMMENT 'Tenant whose the site is',
    alert String COMMENT 'Id of the alert: site, what and subject' CODEC(ZSTD(1)),
    what LowCardinality(String) COMMENT 'disobeys, exceeded, meter-silent or unconfirmed',
    subject String COMMENT 'Node, EVSE or meter that it is about' CODEC(ZSTD(1)),
    detail String COMMENT 'What it is, in words' CODEC(ZSTD(1)),
    over Bool COMMENT 'Whether it is so no more',
    at DateTime64(6, 'UTC') COMMENT 'When it became so, or ended',
    id String COMMENT 'Id of the record SiteAlerted' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (site, what, subject)
COMMENT 'What needs a person at sites, the newest of each subject. Read with FINAL';
