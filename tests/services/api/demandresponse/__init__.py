"""Tests of demand response over HTTP and in the console."""
