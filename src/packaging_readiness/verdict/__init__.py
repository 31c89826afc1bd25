"""Reports in, verdict out: pure functions over plain values."""
