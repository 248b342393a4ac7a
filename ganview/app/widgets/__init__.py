"""Widgets that know nothing of training or of models."""
