-- Charge detail records. Each is written once and never changed: corrections are credits and further versions.

CREATE TABLE IF NOT EXISTS cdrs
(
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    version UInt32 COMMENT 'Which record of its session this is, from 1',
    credit Bool COMMENT 'A credit: cancels the record that `credits` names, its amounts are negative',
    credits String COMMENT 'Id of the record that this one cancels' CODEC(ZSTD(1)),
    replaces String COMMENT 'Id of the record before it' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'Transaction id that the station and we share' CODEC(ZSTD(1)),
    evse Nullable(UInt16) COMMENT 'EVSE',
    connector Nullable(UInt16) COMMENT 'Connector of the EVSE',
    site LowCardinality(String) COMMENT 'Site, when the session was billed first',
    token Nullable(String) COMMENT 'What the driver showed, as shown; null where no token was needed or told',
    token_key String COMMENT 'The token as it is compared: trimmed, upper case',
    status LowCardinality(String) COMMENT 'ended or presumed-ended',
    started_at DateTime64(6, 'UTC') COMMENT 'Start of the session, by the station',
    ended_at DateTime64(6, 'UTC') COMMENT 'End of the session, by the station',
    time_zone LowCardinality(String) COMMENT 'Time zone that the tariff''s hours and days were read in',
    meter_start_wh Nullable(Decimal(24, 4)) COMMENT 'Energy register at the start in Wh',
    meter_stop_wh Nullable(Decimal(24, 4)) COMMENT 'Energy register at the end in Wh',
    energy_wh Nullable(Decimal(24, 4)) COMMENT 'Energy charged in Wh; null where no reading tells',
    charging_s Decimal(24, 4) COMMENT 'Seconds of charging',
    parking_s Decimal(24, 4) COMMENT 'Seconds connected without charging',
    tariff LowCardinality(String) COMMENT 'Tariff it was rated by; empty for none',
    tariff_version Nullable(UInt32) COMMENT 'Version of the tariff',
    currency LowCardinality(String) COMMENT 'ISO 4217; empty where it is not rated',
    unrated LowCardinality(String) COMMENT 'Why it has no price; empty where it has one',
    total_excl_vat Nullable(Decimal(24, 4)) COMMENT 'Total without VAT; null where it is not rated',
    total_incl_vat Nullable(Decimal(24, 4)) COMMENT 'Total with VAT; null where it is not rated, or no VAT is known',
    costs Nullable(String) COMMENT 'JSON: total, flat, energy, time, parking and adjustment, each without and with VAT' CODEC(ZSTD(3)),
    periods String COMMENT 'JSON array of charging periods with their lines' CODEC(ZSTD(3)),
    approximate Bool COMMENT 'Some readings between others were left out of the rating',
    anomalies Array(LowCardinality(String)) COMMENT 'What is odd about the session',
    id String COMMENT 'Id of the record CdrIssued',
    issued_at DateTime64(6, 'UTC') COMMENT 'When it was issued',
    INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_token token_key TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_issue issued_at TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(issued_at)
ORDER BY (station, session, version, credit, id)
COMMENT 'Charge detail records, credits included: sums over all of them are what is billed';
