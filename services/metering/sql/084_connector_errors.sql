-- Errors that 1.6 stations report with the status of a connector are events of variables too.

ALTER TABLE variable_events ADD COLUMN IF NOT EXISTS error_code LowCardinality(String) COMMENT '1.6 ChargePointErrorCode; empty: none' AFTER tech_info;
ALTER TABLE variable_events ADD COLUMN IF NOT EXISTS vendor_id LowCardinality(String) COMMENT 'Whose code tech_code is, by a 1.6 station; empty: not told' AFTER error_code;
