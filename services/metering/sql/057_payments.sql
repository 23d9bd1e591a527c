-- Payments at stations (OCPP 2.1, C18 to C25): every settlement that a station reported, and what each payment is now.

CREATE TABLE IF NOT EXISTS settlements
(
    station LowCardinality(String) COMMENT 'Station id',
    psp_ref String COMMENT 'Reference of the payment service provider' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'The transaction that was paid; empty: none had begun' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'OCPP PaymentStatusEnumType',
    info String COMMENT 'What the payment terminal said of it' CODEC(ZSTD(1)),
    amount Nullable(Decimal(24, 4)) COMMENT 'What was settled, or was to be, in the currency of the tariff',
    settled_at DateTime64(6, 'UTC') COMMENT 'When, by the station',
    receipt_id String COMMENT 'Receipt of the terminal' CODEC(ZSTD(1)),
    receipt_url String COMMENT 'Address of the receipt of the terminal' CODEC(ZSTD(1)),
    vat_number String COMMENT 'VAT number for a receipt of a company' CODEC(ZSTD(1)),
    vat_company Nullable(String) COMMENT 'The company, as JSON' CODEC(ZSTD(1)),
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record SettlementReported' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id)
COMMENT 'Every NotifySettlement';

CREATE TABLE IF NOT EXISTS vat_checks
(
    station LowCardinality(String) COMMENT 'Station id',
    vat_number String COMMENT 'The number that the station asked about' CODEC(ZSTD(1)),
    evse Nullable(UInt16) COMMENT 'EVSE at which it was entered',
    received_at DateTime64(6, 'UTC') COMMENT 'When the gateway received it',
    id String COMMENT 'Id of the record VatNumberAsked' CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (station, received_at, id)
COMMENT 'Every VatNumberValidation';

CREATE TABLE IF NOT EXISTS payments
(
    station LowCardinality(String) COMMENT 'Station id',
    payment String COMMENT 'Payment id, of station and reference' CODEC(ZSTD(1)),
    psp_ref String COMMENT 'Reference of the payment service provider' CODEC(ZSTD(1)),
    status LowCardinality(String) COMMENT 'requested, not-started, authorized, settled, cancelled, rejected or failed',
    detail String COMMENT 'The station''s word, where the status does not say it' CODEC(ZSTD(1)),
    evse Nullable(UInt16) COMMENT 'EVSE',
    session String COMMENT 'The session that was paid; empty: none is known' CODEC(ZSTD(1)),
    transaction_id String COMMENT 'Its transaction at the station' CODEC(ZSTD(1)),
    command_id String COMMENT 'The start that was asked for with it; empty: it began at the station' CODEC(ZSTD(1)),
    requested_by String COMMENT 'Who asked for the start' CODEC(ZSTD(1)),
    started_at DateTime64(6, 'UTC') COMMENT 'When it was first heard of, or its session began',
    amount Nullable(Decimal(24, 4)) COMMENT 'What was settled, or was to be',
    settled_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When, by the station',
    receipt_id String COMMENT 'Receipt' CODEC(ZSTD(1)),
    receipt_url String COMMENT 'Address of the receipt' CODEC(ZSTD(1)),
    receipt_by_us Bool COMMENT 'The receipt is ours, not the terminal''s',
    vat_number String COMMENT 'VAT number for a receipt of a company' CODEC(ZSTD(1)),
    vat_company Nullable(String) COMMENT 'The company, as JSON' CODEC(ZSTD(1)),
    revision Int64 COMMENT 'Revision of the record PaymentChanged',
    id String COMMENT 'Id of the record PaymentChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_session session TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_payment payment TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, payment)
COMMENT 'Payments at stations, the newest change of each. Read with FINAL';
