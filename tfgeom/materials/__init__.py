"""Material constants, each with its unit, source and confidence, and open-circuit curves."""
