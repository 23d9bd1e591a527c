"""Signing: certificates that stations asked for, the authorities that make them, and those that were revoked."""
