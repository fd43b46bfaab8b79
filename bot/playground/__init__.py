"""A Discord small enough to read, on this machine only: demo, bench and end-to-end tests use it."""
