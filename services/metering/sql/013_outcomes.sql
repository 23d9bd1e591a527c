-- What an outcome says beside its word: the result of each thing asked for, whether a reboot is needed, whether it was sent.

ALTER TABLE commands ADD COLUMN IF NOT EXISTS items SimpleAggregateFunction(anyLast, Nullable(String)) COMMENT 'JSON array: name, status and reason of each thing asked for' CODEC(ZSTD(3)) AFTER detail;
ALTER TABLE commands ADD COLUMN IF NOT EXISTS reboot_required SimpleAggregateFunction(anyLast, Nullable(Bool)) COMMENT 'What was accepted takes effect after a reboot' AFTER items;
ALTER TABLE commands ADD COLUMN IF NOT EXISTS sent SimpleAggregateFunction(anyLast, Nullable(Bool)) COMMENT 'Whether the CALL was written to the connection; null where nobody knows' AFTER reboot_required;
