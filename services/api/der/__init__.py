"""DER control: what inverters of stations are told, and what they report."""
