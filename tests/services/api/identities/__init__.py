"""Tests of identities at the API's edge."""
