-- Why a contract certificate was judged as it was.

ALTER TABLE authorizations ADD COLUMN IF NOT EXISTS certificate_detail String COMMENT 'Of decided: why certificate_status is not Accepted, in a sentence; empty where nothing is to be said' AFTER certificate_status;
