"""What members make of a finished clip: each module one extra, or a few of a kind."""
