-- Whose each station is.

ALTER TABLE stations ADD COLUMN IF NOT EXISTS tenant LowCardinality(String) COMMENT 'Tenant, by the operator; empty where it was stored before there were any: default' AFTER labels;
