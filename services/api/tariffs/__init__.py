"""Tariffs: what charging costs, for whom and where."""
