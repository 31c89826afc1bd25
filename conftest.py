"""Thin on purpose: the plugin comes with the package; this file marks the root that holds the lanes."""
