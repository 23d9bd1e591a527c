-- Energy that vehicles give back (V2X): an own quantity beside the energy that they take, in sessions, records and rollups.

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS export_start_wh Nullable(Decimal(24, 4)) COMMENT 'Register of the energy given back at the start in Wh' AFTER energy_wh;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS export_stop_wh Nullable(Decimal(24, 4)) COMMENT 'Register of the energy given back at the end in Wh' AFTER export_start_wh;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS exported_wh Nullable(Decimal(24, 4)) COMMENT 'Energy that the vehicle gave back in Wh; energy_wh is what it took' AFTER export_stop_wh;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS export_power_w Nullable(Decimal(24, 4)) COMMENT 'Power that it gives back now in W' AFTER power_w;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS operation_mode LowCardinality(String) COMMENT 'The newest 2.1 OperationModeEnumType that the station said; empty: none' AFTER charging_state;

ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS export_start_wh Nullable(Decimal(24, 4)) COMMENT 'Register of the energy given back at the start in Wh' AFTER energy_wh;
ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS export_stop_wh Nullable(Decimal(24, 4)) COMMENT 'Register of the energy given back at the end in Wh' AFTER export_start_wh;
ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS exported_wh Nullable(Decimal(24, 4)) COMMENT 'Energy that the vehicle gave back in Wh (OCPI ENERGY_EXPORT); nothing prices it' AFTER export_stop_wh;

CREATE TABLE IF NOT EXISTS export_register_quarters
(
    quarter DateTime('UTC') COMMENT 'The quarter of an hour, by meter time' CODEC(DoubleDelta, ZSTD(1)),
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    at DateTime64(3, 'UTC') COMMENT 'When the last reading of the quarter was measured' CODEC(ZSTD(1)),
    register_wh Decimal(24, 4) COMMENT 'The register of the energy given back in Wh at the last reading of the quarter' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree(at)
PARTITION BY toYYYYMM(quarter)
ORDER BY (quarter, station, session)
COMMENT 'Register of the energy given back per session and quarter of an hour: the last reading. As register_quarters';

CREATE MATERIALIZED VIEW IF NOT EXISTS export_register_quarters_of_readings TO export_register_quarters AS
SELECT toStartOfFifteenMinutes(r.at) AS quarter, r.station AS station, r.session AS session,
    max(r.at) AS at, argMax(r.value, r.at) AS register_wh
FROM meter_values AS r
WHERE r.measurand = 'Energy.Active.Export.Register' AND r.phase = '' AND r.location = 'Outlet' AND r.session != ''
GROUP BY quarter, station, session;
