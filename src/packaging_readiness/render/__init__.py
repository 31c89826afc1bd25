"""Views of a bundle for people and for CI. Never a source of facts: everything shown stands in the bundle."""
