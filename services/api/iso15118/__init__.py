"""ISO 15118: what stations asked about certificates, and what they were answered."""
