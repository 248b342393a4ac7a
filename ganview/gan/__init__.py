"""The science: networks, objectives, the trainer and what is measured. No Qt, no threads, no files."""
