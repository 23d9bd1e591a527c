"""The whole fleet in figures."""
