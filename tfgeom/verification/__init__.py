"""References in scikit-fem's words: corner constants, limits, the weak form beside each own kernel."""
