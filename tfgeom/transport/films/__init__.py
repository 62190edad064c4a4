"""Conduction through films: their core, its mesh of unknowns, solvers, bounds."""
