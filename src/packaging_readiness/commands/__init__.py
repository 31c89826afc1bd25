"""The subcommands of `packaging-readiness`, one module each."""
