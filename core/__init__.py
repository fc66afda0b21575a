"""The cross-market intelligence explorer, without its pages.

Data flows one way, and a room imports only from the rooms before it:

sources → store → panel → metrics → signals (divergences, insight, memory) → report → charts · export · pages

`sources` ask the upstreams and parse what they answer, `store` keeps every vintage, `panel` shows what was known at a
cutoff, `metrics` are columns over all report dates at once, and a `report` is one row of them put into words.
"""
