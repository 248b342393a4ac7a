"""The page Step: one step of training, slowly, with its real numbers."""
