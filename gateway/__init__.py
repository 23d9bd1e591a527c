"""The gateway: OCPP frames to records, records to OCPP frames."""
