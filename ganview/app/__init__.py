"""The window: everything that needs Qt, and nothing that the command line needs."""
