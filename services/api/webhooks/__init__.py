"""Webhooks, over HTTP: who is sent which events, and what came of each delivery."""
