"""The pytest plugin: options, fixtures, guard, run header, terminal summary."""
