"""Stations: who is there, how they are, what is provisioned of them."""
