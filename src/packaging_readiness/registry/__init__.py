"""Image registries behind one port."""
