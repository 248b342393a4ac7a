"""Qt objects without widgets of their own: what the window works on, and its commands."""
