"""The data contract between the gateway and the services: records, ids and the topic catalogue. PURE."""
