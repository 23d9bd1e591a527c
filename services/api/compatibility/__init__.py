"""The compatibility matrix: makes of stations that do not do as OCPP says."""
