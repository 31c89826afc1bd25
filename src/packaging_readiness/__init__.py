"""Packaging readiness: a fail-closed conformance suite for phase P(-1), milestone M1."""

__version__ = "0.1.0"
