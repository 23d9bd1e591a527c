-- What was decided on the tokens that stations asked about, and which session blocked one.

ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS status LowCardinality(String) COMMENT 'Of decided: Accepted, Blocked, Expired, Invalid or ConcurrentTx' AFTER event;
ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS blocked_by String COMMENT 'Of ConcurrentTx: the session that runs on the token elsewhere' AFTER final;
ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS blocked_at String COMMENT 'Of ConcurrentTx: the station of that session' AFTER blocked_by;
ALTER TABLE authorizations MODIFY COLUMN event LowCardinality(String) COMMENT 'requested, decided, session-started or session-ended';

-- What operators said of sessions: kept for whoever asks why a session is as it is.
CREATE TABLE IF NOT EXISTS session_orders
(
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id' CODEC(ZSTD(1)),
    at DateTime64(6, 'UTC') COMMENT 'When it was ordered',
    action LowCardinality(String) COMMENT 'end, correct or release',
    reason String COMMENT 'Why, in the words of who ordered it' CODEC(ZSTD(1)),
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'The end that was told; null where none was',
    energy_wh Nullable(Decimal(24, 4)) COMMENT 'The energy that was told in Wh; null where none was',
    ordered_by String COMMENT 'Who ordered it',
    id String COMMENT 'Id of the record'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, session, at, id)
COMMENT 'What operators said of charging sessions: ended, corrected, released';
