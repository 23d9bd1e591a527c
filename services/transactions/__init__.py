"""Transactions: charging sessions of all versions in one model, and their meter values made comparable."""
