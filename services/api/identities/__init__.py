"""Identities at the API's edge: pseudonyms for what callers send, persons for callers who may see them; erasure and export."""
