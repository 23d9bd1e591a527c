"""The gateway: OCPP frames become records, records become frames. Nothing here decides anything about charging."""
