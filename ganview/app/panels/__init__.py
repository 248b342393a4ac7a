"""The parts of the window; each speaks to the rest in signals."""
