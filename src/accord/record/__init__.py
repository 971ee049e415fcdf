"""The ground: canonical JSON, salted commitments, Merkle roots, and the folder that holds them."""
