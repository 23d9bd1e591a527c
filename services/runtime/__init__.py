"""The runtime of all services: it runs their pure cores on Kafka, keeps their states, and exposes health and metrics."""
