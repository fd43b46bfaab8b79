"""Cards and buttons: what members look at and press."""
