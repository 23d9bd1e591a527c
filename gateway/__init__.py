"""The gateway: translates OCPP frames to records and records to frames. It makes no decision about charging."""
