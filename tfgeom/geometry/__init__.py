"""Reliefs in closed form: a plan swept along a profile gives areas and volumes at every offset."""
