"""What a cell holds and delivers: lithium, energy, mass, rates, beside its planar baselines."""
