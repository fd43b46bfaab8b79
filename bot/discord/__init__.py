"""Everything that imports discord: the client, its commands and cards, and the threads of jobs."""
