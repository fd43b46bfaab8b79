"""Jobs: what a member may order, what it costs, and the worker that carries it out."""
