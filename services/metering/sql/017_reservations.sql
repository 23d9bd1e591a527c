-- Reservations, and what stations reported of their ends.

-- A reservation's id is that of its ReserveNow command and never used again, so that its revisions order its rows.
CREATE TABLE IF NOT EXISTS reservations
(
    station LowCardinality(String) COMMENT 'Station id',
    reservation String COMMENT 'Reservation id: the id of its ReserveNow command' CODEC(ZSTD(1)),
    reservation_id Int64 COMMENT 'The number that the station knows it by',
    token String COMMENT 'The token it is kept for' CODEC(ZSTD(1)),
    token_type LowCardinality(String) COMMENT 'OCPP 2.x IdTokenEnumType',
    token_key String COMMENT 'The token as tokens are compared' CODEC(ZSTD(1)),
    token_group String COMMENT 'Tokens of this group may use it too; empty: none' CODEC(ZSTD(1)),
    evse Nullable(UInt16) COMMENT 'EVSE; null where the station chooses',
    connector_type LowCardinality(String) COMMENT 'OCPP 2.x ConnectorEnumType; empty: any',
    expires_at DateTime64(6, 'UTC') COMMENT 'When it expires unless it is used',
    status LowCardinality(String) COMMENT 'requested, accepted, unconfirmed, refused, used, expired, removed, no-transaction, cancelled or replaced',
    detail String COMMENT 'The station''s word, or the reason, where the status does not say it',
    session String COMMENT 'The session that used it; empty: none' CODEC(ZSTD(1)),
    requested_at DateTime64(6, 'UTC') COMMENT 'When it was asked for',
    requested_by String COMMENT 'Who asked',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When it was used or ended; null while it is open',
    revision Int64 COMMENT 'Revision of the record ReservationChanged',
    id String COMMENT 'Id of the record ReservationChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_reservation reservation TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_token token_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, reservation)
COMMENT 'Reservations, the newest change of each. Read with FINAL';

CREATE TABLE IF NOT EXISTS reservation_statuses
(
    station LowCardinality(String) COMMENT 'Station id',
    reservation_id Int64 COMMENT 'The number that the station knows the reservation by',
    status LowCardinality(String) COMMENT 'OCPP ReservationUpdateStatusEnumType',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record ReservationStatusReported'
)
ENGINE = ReplacingMergeTree
ORDER BY (station, received_at, id)
COMMENT 'Every ReservationStatusUpdate';
