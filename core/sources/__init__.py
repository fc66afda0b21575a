"""What the product reads: one file per upstream, the demo market, and the published report. Each asks and parses; none stores."""
