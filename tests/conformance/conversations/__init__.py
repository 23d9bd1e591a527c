"""Scripted conversations: what stations and operators do in the test cases of OCPP, as data, and the runner that plays them."""
