"""Batches: one notebook run with many sets of parameters, what they share computed once."""
