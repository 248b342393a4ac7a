"""Exploring a trained generator: directions, inversion, effects, measures and states."""
