"""Quantities as people write them: the grammar, the names of units, and what to say of what is neither."""
