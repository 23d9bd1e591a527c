"""The states of services on their changelogs: the persisted types of nouns that have many."""
