"""Demand response over HTTP and in the console."""
