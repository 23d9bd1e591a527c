"""Reports: answers that stations send in parts."""
