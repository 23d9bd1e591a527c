"""Audit: who did what in the API and the console, and whether the log of it is whole."""
