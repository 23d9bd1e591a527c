"""Services: records in, records out. Each noun is a package; `runtime` is the only place that knows Kafka and faust."""
