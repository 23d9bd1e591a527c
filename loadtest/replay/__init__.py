"""Replay: plays an exported conversation as its station, and compares what the CSMS answers."""
