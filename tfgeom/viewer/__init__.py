"""The coated relief in 3D: bodies, cuts, fields; stills, the live page, the view in the report."""
