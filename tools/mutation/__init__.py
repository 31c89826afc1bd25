"""Mutation testing: what the parts of `tools/mutants.py` are."""
