"""Sessions: what was charged, with its meter values; orders of operators."""
