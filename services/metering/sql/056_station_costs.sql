-- What a station computed itself of a session, beside the bill (OCPP 2.1, I12).

ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS station_tariff String COMMENT 'The tariff by which the station computed the cost, by its id there; empty: none' CODEC(ZSTD(1)) AFTER stopped_detail;
ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS station_cost Nullable(String) COMMENT 'What the session cost by the station, as JSON; null where it did not say' CODEC(ZSTD(1)) AFTER station_tariff;
