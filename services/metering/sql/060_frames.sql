-- Which frames belong together: a CALL and its answer, the command that caused it, the transaction that it names.

ALTER TABLE frames ADD COLUMN IF NOT EXISTS answers Int64 COMMENT 'Sequence of the CALL that it answers, on its connection; 0: none' CODEC(ZSTD(1));
ALTER TABLE frames ADD COLUMN IF NOT EXISTS command_id String COMMENT 'Command of which it is a CALL or the answer to one; empty: none' CODEC(ZSTD(1));
ALTER TABLE frames ADD COLUMN IF NOT EXISTS transaction_id String COMMENT 'Transaction that it names, as the station calls it; empty: none' CODEC(ZSTD(1));
