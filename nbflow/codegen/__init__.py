"""A pipeline as files for another engine: pure functions from values to texts by relative path."""
