-- Prepaid credit of tokens: each change of it, with what was left after it.

CREATE TABLE IF NOT EXISTS token_credits
(
    token_key String COMMENT 'The token as tokens are compared' CODEC(ZSTD(1)),
    revision Int64 COMMENT 'Number of the change, from 1',
    currency LowCardinality(String) COMMENT 'ISO 4217, of the credit',
    balance Decimal(24, 4) COMMENT 'What was put on it less what was billed',
    running Decimal(24, 4) COMMENT 'What running sessions cost so far that is not billed',
    cause LowCardinality(String) COMMENT 'top-up, bill, running or currency',
    amount Decimal(24, 4) COMMENT 'What it added; negative for a bill',
    amount_currency LowCardinality(String) COMMENT 'ISO 4217, of the amount; empty for none',
    left_out Bool COMMENT 'The amount is in another currency and was not counted',
    session String COMMENT 'The session that costs it; empty: none' CODEC(ZSTD(1)),
    station LowCardinality(String) COMMENT 'Its station; empty: none',
    cdr String COMMENT 'The charge detail record; empty: none' CODEC(ZSTD(1)),
    reference String COMMENT 'Of a top-up: the operator''s own reference' CODEC(ZSTD(1)),
    by LowCardinality(String) COMMENT 'Of a top-up: who ordered it',
    id String COMMENT 'Id of the record TokenCreditChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When it changed',
    INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (token_key, revision)
COMMENT 'Changes of prepaid credit. Read with FINAL';
