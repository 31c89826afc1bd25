"""What counts as a secret, and the scan for it."""
