"""Memory: what earlier report dates held, how they compare, which of them were alike, and what became of what was said."""
