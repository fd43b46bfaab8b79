"""What moderators and members may ask about credits; nothing here knows Discord."""
