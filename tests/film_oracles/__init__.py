"""What the film model must agree with: other solvers, brute force and exact sums that share no code with it."""
