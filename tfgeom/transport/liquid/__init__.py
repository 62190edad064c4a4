"""Conduction through the liquid of a flooded half-cell, and of its salt."""
