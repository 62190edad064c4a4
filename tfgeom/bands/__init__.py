"""How sure the numbers of a design are: what constants and sizes may be, and what makes the spread."""
