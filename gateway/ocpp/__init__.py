"""The translation layer: the only place that knows OCPP versions and wire fields; one module per noun, one row per message."""
