"""The router: draws what all pages share, then the page."""

from pages.parts import menu
from pages.parts.lens import frame
from pages.parts.process import settle

page = menu.current()
try:
    frame()
    page.run()
finally:
    settle()
