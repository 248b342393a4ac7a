"""What is kept on disk: model files, run folders, pictures, and the one way to write them.

What is missing, damaged, of another kind or of a newer ganview raises `UserError` when it is read.
What can't be written raises `WriteError`, and what was there before is still there.
"""
