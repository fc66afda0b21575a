"""What to check next: open questions, what would settle them, and the sessions and holidays ahead."""

from pages.parts import section
from pages.parts.lens import lens

view = lens()

report, said = section.top(view, "watch_next", "Watch next")
section.rest(report, "watch_next", *said)
