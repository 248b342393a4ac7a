"""Training data: the bundled digits, IDX files and folders of pictures."""
