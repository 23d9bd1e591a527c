-- What payments were authorised for, and who settled them where that was not the station.

ALTER TABLE payments ADD COLUMN IF NOT EXISTS authorized_amount Nullable(Decimal(24, 4)) COMMENT 'What the session may cost by it' AFTER started_at;
ALTER TABLE payments ADD COLUMN IF NOT EXISTS first_authorized_amount Nullable(Decimal(24, 4)) COMMENT 'What it might cost at first: the driver may have raised it' AFTER authorized_amount;
ALTER TABLE payments ADD COLUMN IF NOT EXISTS settled_by String COMMENT 'Who settled it outside; empty: the station' AFTER settled_at;
ALTER TABLE settlements ADD COLUMN IF NOT EXISTS recorded_by String COMMENT 'Who told it through the API; empty: the station' AFTER vat_company;
