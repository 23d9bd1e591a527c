"""EXI: the two messages of ISO 15118 that the test pool reads and writes."""
