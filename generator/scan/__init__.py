"""Activations of a collection: forward passes, and the strongest images of every unit."""

from generator.scan.strongest import scan

__all__ = ["scan"]
