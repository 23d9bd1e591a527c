"""Kafka as services use it: a producer, consumers, membership of a group, compacted topics, what topics there are."""
