"""Container engines behind one port, and the runner of entrypoint rows."""
