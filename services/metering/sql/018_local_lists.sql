-- Local authorization lists: how the list of each station stands.

CREATE TABLE IF NOT EXISTS local_lists
(
    station LowCardinality(String) COMMENT 'Station id',
    status LowCardinality(String) COMMENT 'unmanaged, in-step, sending, out-of-step, unsupported or refused',
    why String COMMENT 'What is waited for, or why nothing is sent' CODEC(ZSTD(1)),
    tokens LowCardinality(String) COMMENT 'Which tokens the rule names: all, chosen or empty; empty text: no rule',
    token_groups Array(String) COMMENT 'Groups of tokens that the rule chooses' CODEC(ZSTD(1)),
    token_labels Array(String) COMMENT 'Labels of tokens that the rule chooses' CODEC(ZSTD(1)),
    token_type LowCardinality(String) COMMENT 'OCPP 2.x IdTokenEnumType of the entries',
    version UInt32 COMMENT 'Number of the list that the station is to have',
    station_version Nullable(Int64) COMMENT 'Number that the station said last; 0: it has no list; null: it has not said',
    entries Int64 COMMENT 'Tokens on the list by the rule',
    known Int64 COMMENT 'Tokens on the list that the station has, as far as known',
    left_out Int64 COMMENT 'Tokens by the rule for which the station has no room',
    most_entries Int64 COMMENT 'Tokens that the station takes in one list',
    most_items Int64 COMMENT 'Tokens that the station takes in one message',
    longest_token Int64 COMMENT 'Characters of a token that the station takes',
    revision Int64 COMMENT 'Revision of the record LocalListChanged',
    id String COMMENT 'Id of the record LocalListChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY station
COMMENT 'Local authorization lists, the newest change of each station. Read with FINAL';
