"""What the bot answers to the outside: calls of providers, links to clips, and nothing else."""
