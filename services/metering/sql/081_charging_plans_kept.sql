-- What the station said to the profile of a plan, and whether the vehicle means to keep to it.

ALTER TABLE charging_plans
    ADD COLUMN IF NOT EXISTS outcome LowCardinality(String) COMMENT 'Outcome of the command that sent the profile last; empty: none yet' AFTER command_id,
    ADD COLUMN IF NOT EXISTS ev_within Nullable(Bool) COMMENT 'Whether the vehicle means to charge within the profile; null: it did not say' AFTER outcome,
    ADD COLUMN IF NOT EXISTS ev_told_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it said so' AFTER ev_within;
