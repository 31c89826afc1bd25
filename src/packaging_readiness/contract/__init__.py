"""What is pinned: the contract, the inventory of checks, and their typed models."""
