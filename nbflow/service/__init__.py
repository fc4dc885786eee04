"""The user's verbs. Every door (command line, magics, server) calls these."""
