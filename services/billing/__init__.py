"""Billing: sessions rated by tariffs, as charge detail records."""
