"""Data: every series with its source, last session, age and last outcome, and a refresh for anybody who asks."""

from pages.parts import inventory
from pages.parts.lens import lens

view = lens()

inventory.page(view)
