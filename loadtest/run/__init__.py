"""A measurement: worker processes with lean stations, the process that conducts them, and the scenarios."""
