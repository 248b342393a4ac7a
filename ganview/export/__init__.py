"""Exports: pictures, datasets, animations, plots, reports and ONNX models."""
