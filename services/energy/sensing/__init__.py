"""Sensing: what stations say of themselves, passed on to the sites in whose trees they are."""
