"""The pages of the left side: each shows the run in focus in its own way."""
