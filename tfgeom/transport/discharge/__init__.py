"""The film model: discharge, charge, rest and loads of a cell in time, over columns between collectors."""
