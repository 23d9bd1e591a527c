"""The loop of a stateful service: fetched records are stepped, sent, saved and committed; what decides is pure."""
