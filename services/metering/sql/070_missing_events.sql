-- Events of a session that have not come, by their sequence numbers.

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS missing_events Int64 COMMENT '2.x events missing between the first and the last that came' AFTER stopped_detail;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS resumed_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station last went on with it after a boot' AFTER missing_events;
