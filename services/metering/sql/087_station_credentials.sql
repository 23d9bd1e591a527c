-- Stations: which password the latest connection proved, and since when the present one counts.
ALTER TABLE stations
    ADD COLUMN IF NOT EXISTS credential LowCardinality(String) COMMENT 'Identifies the password of the latest connection without revealing its hash; empty: none' AFTER seen_at,
    ADD COLUMN IF NOT EXISTS credential_since Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when the present password counts; null: none, or not known' AFTER credential;
