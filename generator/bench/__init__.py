"""How fast, as ratios: each figure is two things timed in turn in the same run.

Absolute times say as much of the machine as of the program. Here both sides of a row run on the
same machine in the same minutes, so that what else it is doing falls on both alike.
"""
