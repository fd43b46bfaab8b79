"""What is done beside the work: backups, checking the books, removing what is kept no longer."""
