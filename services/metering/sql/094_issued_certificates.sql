-- Certificates that stations asked to have signed.

CREATE TABLE IF NOT EXISTS issued_certificates
(
    station LowCardinality(String) COMMENT 'Station id',
    certificate String COMMENT 'Id of the certificate here, from its request on' CODEC(ZSTD(1)),
    use LowCardinality(String) COMMENT 'OCPP CertificateSigningUseEnumType; empty: the request named none',
    status LowCardinality(String) COMMENT 'refused, ordered, failed, issued, undelivered, rejected, installed, superseded, discarded, expired, revoked or unused',
    detail String COMMENT 'The reason of the status',
    subject String COMMENT 'Subject (RFC 4514)' CODEC(ZSTD(1)),
    key LowCardinality(String) COMMENT 'Kind of the key',
    authority LowCardinality(String) COMMENT 'The authority that was asked; empty: none',
    issuer String COMMENT 'Issuer (RFC 4514); empty before there is a certificate' CODEC(ZSTD(1)),
    serial_number String COMMENT 'Serial number, hexadecimal' CODEC(ZSTD(1)),
    fingerprint String COMMENT 'SHA-256 of the certificate, hexadecimal' CODEC(ZSTD(1)),
    valid_from Nullable(DateTime64(6, 'UTC')) COMMENT 'Valid from then',
    expires_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Valid until then',
    asked_at DateTime64(6, 'UTC') COMMENT 'When the station asked for it',
    command_id String COMMENT 'The command that sent it; empty: none' CODEC(ZSTD(1)),
    installed_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station took it',
    ended_at Nullable(DateTime64(6, 'UTC')) COMMENT 'Since when it is not used',
    renewal_asked_at Nullable(DateTime64(6, 'UTC')) COMMENT 'When the station was last asked for its successor',
    revision Int64 COMMENT 'Revision of the record IssuedCertificateChanged',
    id String COMMENT 'Id of the record IssuedCertificateChanged' CODEC(ZSTD(1)),
    changed_at DateTime64(6, 'UTC') COMMENT 'When this became so',
    INDEX by_certificate certificate TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_fingerprint fingerprint TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (station, certificate)
COMMENT 'Certificates that stations asked to have signed, the newest change of each. Read with FINAL';
