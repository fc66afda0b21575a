"""Pictures of a report: each factory takes the table of metrics and the report, and hands over a `Picture` or None."""
