"""`python -m services replay NAME`: reads topics again, for a projection or to rebuild a service's state."""
