"""A design made ready to compute: one cell of any kind, and the planes it stands beside, on the same road."""
