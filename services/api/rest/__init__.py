"""The resources of /api/v1: one small module each."""
