"""What the owner asks on the command line: whether all is well, and whether the bills agree."""
