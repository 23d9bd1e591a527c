"""Tokens: who may charge, and what was decided."""
