"""The operator's front: HTTP to records, ClickHouse and outcomes to HTTP. It translates and decides nothing."""
