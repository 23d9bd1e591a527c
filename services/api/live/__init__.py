"""What happens now: the feed of Kafka, the event stream, and what ClickHouse may not have yet."""
