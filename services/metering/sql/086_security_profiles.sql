-- The security profile of each station's newest connection; who found a security event.

ALTER TABLE stations ADD COLUMN IF NOT EXISTS security_profile Nullable(Int64) COMMENT 'Security profile of its newest connection, 0 to 3; null where it is not known' AFTER faulted;
ALTER TABLE security_events ADD COLUMN IF NOT EXISTS source LowCardinality(String) DEFAULT 'station' COMMENT 'Who found it: the station, or the csms at its handshake' AFTER tech_info;
