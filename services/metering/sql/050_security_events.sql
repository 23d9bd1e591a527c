-- Security events that stations reported.

-- A station that was offline sends an event again until it is answered: rows that say the same are one.
CREATE TABLE IF NOT EXISTS security_events
(
    station LowCardinality(String) COMMENT 'Station id',
    type LowCardinality(String) COMMENT 'Type by the lists of OCPP, spelled as in 2.x, or the maker''s own',
    critical Nullable(Bool) COMMENT 'Whether the list of the station''s version calls it critical; null: no list has it',
    tech_info String COMMENT 'The maker''s words' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was, by the station',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record SecurityEventReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (station, at, type, tech_info)
COMMENT 'Security events of stations. Read with FINAL';
