-- What a token was shown for, and what was said of the contract certificate behind it.

ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS purpose LowCardinality(String) COMMENT 'authorize, start or stop; empty in older rows' AFTER evse;
ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS certificate_status LowCardinality(String) COMMENT 'Of decided: OCPP AuthorizeCertificateStatusEnumType; empty: nothing was said of a certificate' AFTER status;
ALTER TABLE authorizations MODIFY COLUMN status LowCardinality(String) COMMENT 'Of decided: OCPP 2.x AuthorizationStatusEnumType';
ALTER TABLE session_orders MODIFY COLUMN action LowCardinality(String) COMMENT 'end, correct, release or limit';
