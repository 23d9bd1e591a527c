"""Vendors, over HTTP: whose data transfers are known, what they are answered, and what came."""
