-- Certificates at stations.

CREATE TABLE IF NOT EXISTS certificates
(
    station LowCardinality(String) COMMENT 'Station id',
    certificate String COMMENT 'Id of the certificate at this station for this use' CODEC(ZSTD(1)),
    use LowCardinality(String) COMMENT 'OCPP GetCertificateIdUseEnumType',
    status LowCardinality(String) COMMENT 'requested, installed, unconfirmed, refused, deleted or gone',
    detail String COMMENT 'The station''s word where it refused',
    child_of String COMMENT 'Id of the certificate in whose chain it is listed; empty: none' CODEC(ZSTD(1)),
    hash_algorithm LowCardinality(String) COMMENT 'OCPP HashAlgorithmEnumType; empty: not known',
    issuer_name_hash String COMMENT 'Hash of the issuer''s name, hexadecimal' CODEC(ZSTD(1)),
    issuer_key_hash String COMMENT 'Hash of the issuer''s key, hexadecimal' CODEC(ZSTD(1)),
    serial_number String COMMENT 'Serial number, hexadecimal' CODEC(ZSTD(1)),
    subject String COMMENT 'Subject (RFC 4514); empty: not known' CODEC(ZSTD(1)),
    issuer String COMMENT 'Issuer (RFC 4514); empty: not known' CODEC(ZSTD(1)),
    valid_from Nullable(DateTime64(6, 'UTC')) COMMENT 'Valid from then; null: not known',
    expires_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Valid until then; null: not known',
    fingerprint String COMMENT 'SHA-256 of the certificate, hexadecimal; empty: not known' CODEC(ZSTD(1)),
    requested_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When its installation was last asked for; null: by another system',
    requested_by String COMMENT 'Who asked',
    verified_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station last listed it; null: never',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when the station does not have it; null while it has',
    revision Int64 COMMENT 'Revision of the record CertificateChanged',
    id String COMMENT 'Id of the record CertificateChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_certificate certificate TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, certificate)
COMMENT 'Certificates at stations, the newest change of each. Read with FINAL';
