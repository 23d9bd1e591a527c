-- What stations send that breaks OCPP's schemas: by which rules it was read all the same, and what could not be.

CREATE TABLE IF NOT EXISTS deviations
(
    station LowCardinality(String) COMMENT 'Station id',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received the message',
    version LowCardinality(String) COMMENT 'OCPP version',
    action LowCardinality(String) COMMENT 'OCPP action',
    rule LowCardinality(String) COMMENT 'The rule that was needed: a word of schemas.deviations',
    path String COMMENT 'The member that needed it; empty for the message as a whole' CODEC(ZSTD(1)),
    vendor LowCardinality(String) COMMENT 'Vendor by the boot on that connection; empty where it did not boot on it',
    model LowCardinality(String) COMMENT 'Model, the same way',
    firmware_version LowCardinality(String) COMMENT 'Firmware, the same way',
    fact String COMMENT 'Id of the record that the message became' CODEC(ZSTD(1)),
    id String COMMENT 'Id of the record MessageBent' CODEC(ZSTD(1)),
    position UInt16 COMMENT 'Place of the rule in its record'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id, position)
COMMENT 'Rules by which messages were read that break their schema, one row each';

CREATE TABLE IF NOT EXISTS quarantined_messages
(
    station LowCardinality(String) COMMENT 'Station id',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received the message',
    version LowCardinality(String) COMMENT 'OCPP version',
    action LowCardinality(String) COMMENT 'OCPP action',
    code LowCardinality(String) COMMENT 'The error code that the station was told',
    reason String COMMENT 'What is wrong with the message, as the station was told',
    payload String COMMENT 'What the station sent, its beginning where it is long' CODEC(ZSTD(3)),
    id String COMMENT 'Id of the record MessageQuarantined'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (received_at, id)
COMMENT 'Messages that could not be read as the fact that they should be';
