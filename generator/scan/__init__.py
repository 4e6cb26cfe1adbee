"""Activations of a collection: forward passes, and the strongest images of every unit."""

from generator.scan.activations import scan

__all__ = ["scan"]
