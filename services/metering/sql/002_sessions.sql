-- Charging sessions, the newest change of each.
--
-- Not partitioned: `started_at` may be corrected by late facts, and FINAL over a partition that was left out by a filter would
-- bring back the older version. Newest by `changed_at`, not by `revision`: the embedded bus forgets revisions.

CREATE TABLE IF NOT EXISTS sessions
(
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'Transaction id that the station and we share; in 2.x unique per station only',
    evse Nullable(UInt16) COMMENT 'EVSE',
    connector Nullable(UInt16) COMMENT 'Connector of the EVSE',
    token Nullable(String) COMMENT 'What the driver showed, as shown; null where no token was needed or told',
    token_type LowCardinality(String) COMMENT 'OCPP 2.x IdTokenEnumType, empty in 1.6',
    token_key String COMMENT 'The token as it is compared: trimmed, upper case',
    status LowCardinality(String) COMMENT 'active, ended or presumed-ended',
    charging_state LowCardinality(String) COMMENT 'OCPP ChargingStateEnumType',
    started_at DateTime64(6, 'UTC') COMMENT 'Start, by the station',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'End, by the station',
    stopped_reason LowCardinality(String) COMMENT 'OCPP ReasonEnumType',
    meter_start_wh Nullable(Decimal(24, 4)) COMMENT 'Energy register at the start in Wh',
    meter_stop_wh Nullable(Decimal(24, 4)) COMMENT 'Energy register at the end in Wh',
    energy_wh Nullable(Decimal(24, 4)) COMMENT 'Energy charged so far in Wh; null where no reading tells',
    power_w Nullable(Decimal(24, 4)) COMMENT 'Last charging power in W',
    soc_percent Nullable(Decimal(24, 4)) COMMENT 'Last state of charge of the vehicle in percent',
    last_meter_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Newest reading, by the meter',
    remote_start_id Nullable(Int64) COMMENT 'The remote start that caused it',
    reservation_id Nullable(Int64) COMMENT 'The reservation it used',
    offline Bool COMMENT 'Part of it was reported after the station had been offline',
    anomalies Array(LowCardinality(String)) COMMENT 'What is not as it should be; bus-forgotten: the embedded bus stopped',
    revision Int64 COMMENT 'Revision of the record SessionChanged',
    id String COMMENT 'Id of the record SessionChanged',
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so; the newest row of a session is the session',
    INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_token token_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(changed_at)
ORDER BY (station, session)
COMMENT 'Charging sessions, the newest change of each. Read with FINAL';

-- The end of a session ends its power, or charts would hold the last reading for a while longer. One millisecond behind the end,
-- so that it follows a reading of that very moment.
CREATE MATERIALIZED VIEW IF NOT EXISTS power_minutes_of_sessions TO power_minutes AS
SELECT toStartOfMinute(at) AS minute, s.station AS station, s.session AS session,
    toDateTime64(assumeNotNull(s.ended_at), 3, 'UTC') + toIntervalMillisecond(1) AS at, 0. AS power_w
FROM sessions AS s
WHERE s.ended_at IS NOT NULL;

CREATE MATERIALIZED VIEW IF NOT EXISTS power_quarters_of_sessions TO power_quarters AS
SELECT toStartOfFifteenMinutes(at) AS quarter, s.station AS station, s.session AS session,
    toDateTime64(assumeNotNull(s.ended_at), 3, 'UTC') + toIntervalMillisecond(1) AS at, 0. AS power_w
FROM sessions AS s
WHERE s.ended_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS authorizations
(
    station LowCardinality(String) COMMENT 'Station id',
    at DateTime64(6, 'UTC') COMMENT 'When it was asked, or when the session started or ended',
    event LowCardinality(String) COMMENT 'requested, session-started or session-ended',
    token_key String COMMENT 'The token as it is compared: trimmed, upper case',
    token String COMMENT 'The token as shown; empty for session-started and session-ended',
    token_type LowCardinality(String) COMMENT 'OCPP 2.x IdTokenEnumType, empty in 1.6',
    session String COMMENT 'Session id; empty for a plain Authorize',
    transaction_id String COMMENT 'Transaction id; empty for a plain Authorize',
    evse Nullable(UInt16) COMMENT 'EVSE',
    final Bool COMMENT 'The transaction was already over when it was asked',
    id String COMMENT 'Id of the record',
    INDEX by_token token_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, id)
COMMENT 'Who asked to charge, and which sessions ran on a token';
