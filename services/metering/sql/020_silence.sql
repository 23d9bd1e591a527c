-- A session that runs and whose power nobody knows, for its station is away: charts do not hold its last reading on.
CREATE MATERIALIZED VIEW IF NOT EXISTS power_minutes_of_silence TO power_minutes AS
SELECT toStartOfMinute(at) AS minute, s.station AS station, s.session AS session,
    toDateTime64(s.changed_at, 3, 'UTC') AS at, 0. AS power_w
FROM sessions AS s
WHERE s.ended_at IS NULL AND s.power_w IS NULL AND s.last_meter_at IS NOT NULL;

CREATE MATERIALIZED VIEW IF NOT EXISTS power_quarters_of_silence TO power_quarters AS
SELECT toStartOfFifteenMinutes(at) AS quarter, s.station AS station, s.session AS session,
    toDateTime64(s.changed_at, 3, 'UTC') AS at, 0. AS power_w
FROM sessions AS s
WHERE s.ended_at IS NULL AND s.power_w IS NULL AND s.last_meter_at IS NOT NULL;
