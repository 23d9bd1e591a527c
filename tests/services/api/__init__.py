"""The API through its door: HTTP in, records and answers out."""
