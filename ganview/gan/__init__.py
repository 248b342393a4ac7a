"""The science: networks, objectives, the trainer and metrics. No Qt, no threads, no files."""
