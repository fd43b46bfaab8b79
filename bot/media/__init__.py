"""Pictures and clips from outside: checked, prepared and fitted in limited child processes."""
