"""What the nouns share: how versions spell errors, moments, EVSEs, and the words that answers are judged by."""
