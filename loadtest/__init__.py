"""Simulated charging stations and load scenarios, with OCPP code of their own."""
