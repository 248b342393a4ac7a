"""What is kept on disk: model files, run folders, pictures, and the one way to write them."""
