"""How good the pictures are, each figure beside the one that real data gets."""
