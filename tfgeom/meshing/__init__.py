"""Hexahedral meshes of the films: a surface grid lifted through the levels, checked, written to files."""
