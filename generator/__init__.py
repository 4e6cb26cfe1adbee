"""Visualizing CNNs: the build-time generator.

Numbers first, pictures from numbers, sentences from numbers. The main path is
``generator.pipeline``; the command line is ``python -m generator``.
"""

__version__ = "0.1.0"
