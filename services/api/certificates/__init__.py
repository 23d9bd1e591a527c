"""Certificates: which of them stations have."""
