"""Operators: who may use the API and the console, and what they may do."""
