"""Verdict in, evidence bundle out; and its verification."""
