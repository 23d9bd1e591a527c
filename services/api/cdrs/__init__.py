"""Charge detail records and bills."""
