"""What the bot answers to the outside: calls of providers, and nothing else."""
