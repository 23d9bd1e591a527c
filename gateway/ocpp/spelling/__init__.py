"""Spelling shared by the nouns: errors, times, EVSEs, statuses and the outcomes of answers in each version."""
