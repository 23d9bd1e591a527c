-- What stations said of charging during sessions: what decides between charging and parking on bills.

CREATE TABLE IF NOT EXISTS charging_states
(
    station LowCardinality(String) COMMENT 'Station id',
    session String COMMENT 'Session id',
    evse Nullable(UInt16) COMMENT 'EVSE, null where nobody said',
    transaction_id String COMMENT 'Transaction id as the station knows it',
    state LowCardinality(String) COMMENT 'OCPP ChargingStateEnumType',
    at DateTime64(3, 'UTC') COMMENT 'From when it holds, by the station''s clock',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record ChargingStateRecorded'
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(at)
ORDER BY (session, at, id)
COMMENT 'Charging states of sessions, one row each time a station told one';

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS stopped_detail String COMMENT 'The station''s own word for the reason, where it differs' AFTER stopped_reason;
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS estimated Bool COMMENT 'The end is presumed: energy and end are those of the last reading' AFTER stopped_detail;
