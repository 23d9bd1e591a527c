-- Whose a row is that does not hang on a station; empty: the deployment's.
ALTER TABLE token_credits ADD COLUMN IF NOT EXISTS tenant LowCardinality(String) COMMENT 'tenant whose it is; empty: the deployment';
ALTER TABLE webhook_deliveries ADD COLUMN IF NOT EXISTS tenant LowCardinality(String) COMMENT 'tenant whose it is; empty: the deployment';
ALTER TABLE audit ADD COLUMN IF NOT EXISTS tenant LowCardinality(String) COMMENT 'tenant whose it is; empty: the deployment';
ALTER TABLE firmware_campaigns ADD COLUMN IF NOT EXISTS tenant LowCardinality(String) COMMENT 'tenant whose it is; empty: the deployment';
