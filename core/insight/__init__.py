"""Figures into claims: one file per section. A sentence is made only where every figure it names is known."""
