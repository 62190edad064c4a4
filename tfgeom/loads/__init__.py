"""What a node draws of its battery: a trace, constant between its breaks, and where it is read from."""
