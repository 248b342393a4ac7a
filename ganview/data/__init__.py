"""What can be trained on: the bundled digits, IDX files, folders of pictures."""
