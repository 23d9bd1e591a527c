-- Meter readings, and the rollups that charts read.
--
-- Delivery is at least once, so every row may be inserted again, today or in a replay of months. Each table keeps one row per
-- sorting key (ReplacingMergeTree), whose last members are the record's id and the reading's place in it.
--
-- The rollups are fed by materialized views. Such a view sees every inserted block, repeats included, so it may only keep what
-- does not grow by repetition: the LAST reading of a bucket (newest meter time wins), never a sum or a count. Sums are made when
-- a chart is drawn, from these last readings. That is why there is no table of ready energy sums.

CREATE TABLE IF NOT EXISTS meter_values
(
    station LowCardinality(String) COMMENT 'Station id',
    measurand LowCardinality(String) COMMENT 'OCPP MeasurandEnumType, Energy.Active.Import.Register for example',
    at DateTime64(3, 'UTC') COMMENT 'When the meter measured, by its own clock' CODEC(DoubleDelta, ZSTD(1)),
    value Decimal(24, 4) COMMENT 'The reading in `unit`' CODEC(ZSTD(1)),
    unit LowCardinality(String) COMMENT 'Canonical unit: Wh, W, A, V, Percent, ...; empty for a pure number',
    phase LowCardinality(String) COMMENT 'OCPP PhaseEnumType; empty for the whole',
    context LowCardinality(String) COMMENT 'OCPP ReadingContextEnumType',
    location LowCardinality(String) COMMENT 'OCPP LocationEnumType',
    evse Nullable(UInt16) COMMENT 'EVSE; 0 is the main meter of the station, null where the station did not say',
    session String COMMENT 'Session id; empty for a reading outside any known session' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'Transaction id as the station knows it' CODEC(ZSTD(1)),
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it' CODEC(DoubleDelta, ZSTD(1)),
    id String COMMENT 'Id of the record MeterValuesRecorded' CODEC(ZSTD(1)),
    position UInt16 COMMENT 'Place of the reading in its record' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(at)
PRIMARY KEY (station, measurand, at)
ORDER BY (station, measurand, at, id, position)
COMMENT 'Normalised meter readings, one row each. Read with FINAL where repeats matter';

CREATE TABLE IF NOT EXISTS signed_readings
(
    station LowCardinality(String) COMMENT 'Station id',
    measurand LowCardinality(String) COMMENT 'OCPP MeasurandEnumType',
    at DateTime64(3, 'UTC') COMMENT 'When the meter measured, by its own clock',
    text String COMMENT 'The signed value to the letter: OCMF, EDL, ...' CODEC(ZSTD(3)),
    context LowCardinality(String) COMMENT 'OCPP ReadingContextEnumType',
    location LowCardinality(String) COMMENT 'OCPP LocationEnumType',
    session String COMMENT 'Session id; empty for a reading outside any known session',
    transaction_id String COMMENT 'Transaction id as the station knows it',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record MeterValuesRecorded',
    position UInt16 COMMENT 'Place of the reading in its record'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(at)
ORDER BY (station, measurand, at, id, position)
COMMENT 'Signed meter readings, the evidence of a bill';

CREATE TABLE IF NOT EXISTS power_minutes
(
    minute DateTime('UTC') COMMENT 'The minute, by meter time' CODEC(DoubleDelta, ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'When the last reading of the minute was measured' CODEC(ZSTD(1)),
    power_w Float64 COMMENT 'The last charging power of the minute in W; 0 at the end of the session' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
PARTITION BY toYYYYMM(minute)
ORDER BY (minute, station, session)
COMMENT 'Charging power per session and minute: the last reading. Sum over sessions for a fleet';

CREATE MATERIALIZED VIEW IF NOT EXISTS power_minutes_of_readings TO power_minutes AS
SELECT toStartOfMinute(r.at) AS minute, r.station AS station, r.session AS session,
    max(r.at) AS at, toFloat64(argMax(r.value, r.at)) AS power_w
FROM meter_values AS r
WHERE r.measurand = 'Power.Active.Import' AND r.phase = '' AND r.location = 'Outlet' AND r.session != ''
GROUP BY minute, station, session;

CREATE TABLE IF NOT EXISTS power_quarters
(
    quarter DateTime('UTC') COMMENT 'The quarter of an hour, by meter time' CODEC(DoubleDelta, ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'When the last reading of the quarter was measured' CODEC(ZSTD(1)),
    power_w Float64 COMMENT 'The last charging power of the quarter in W; 0 at the end of the session' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
PARTITION BY toYYYYMM(quarter)
ORDER BY (quarter, station, session)
COMMENT 'Charging power per session and quarter of an hour: the last reading. For charts of days and weeks';

CREATE MATERIALIZED VIEW IF NOT EXISTS power_quarters_of_readings TO power_quarters AS
SELECT toStartOfFifteenMinutes(r.at) AS quarter, r.station AS station, r.session AS session,
    max(r.at) AS at, toFloat64(argMax(r.value, r.at)) AS power_w
FROM meter_values AS r
WHERE r.measurand = 'Power.Active.Import' AND r.phase = '' AND r.location = 'Outlet' AND r.session != ''
GROUP BY quarter, station, session;

CREATE TABLE IF NOT EXISTS register_quarters
(
    quarter DateTime('UTC') COMMENT 'The quarter of an hour, by meter time' CODEC(DoubleDelta, ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'When the last reading of the quarter was measured' CODEC(ZSTD(1)),
    register_wh Decimal(24, 4) COMMENT 'The energy register in Wh at the last reading of the quarter' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
PARTITION BY toYYYYMM(quarter)
ORDER BY (quarter, station, session)
COMMENT 'Energy register per session and quarter of an hour: the last reading. Differences give energy by hour and day';

CREATE MATERIALIZED VIEW IF NOT EXISTS register_quarters_of_readings TO register_quarters AS
SELECT toStartOfFifteenMinutes(r.at) AS quarter, r.station AS station, r.session AS session,
    max(r.at) AS at, argMax(r.value, r.at) AS register_wh
FROM meter_values AS r
WHERE r.measurand = 'Energy.Active.Import.Register' AND r.phase = '' AND r.location = 'Outlet' AND r.session != ''
GROUP BY quarter, station, session;
