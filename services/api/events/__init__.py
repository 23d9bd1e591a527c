"""Events: what happens now, as server-sent events."""
