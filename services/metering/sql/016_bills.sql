-- What a charge detail record says of its end: whether it is presumed, and why the session stopped.

ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS estimated Bool COMMENT 'The end is presumed: the record is corrected when the station tells it' AFTER anomalies;
ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS stopped_reason LowCardinality(String) COMMENT 'Why it stopped, OCPP 2.x ReasonEnumType; empty where nobody said' AFTER estimated;
ALTER TABLE cdrs ADD COLUMN IF NOT EXISTS stopped_detail String COMMENT 'The station''s own word for the reason, where it differs' AFTER stopped_reason;
