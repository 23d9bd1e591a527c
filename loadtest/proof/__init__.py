"""What the CSMS has acknowledged, and whether it can still show it in the API and in ClickHouse."""
