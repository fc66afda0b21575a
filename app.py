"""The router: draws what all pages share, then the page."""

import streamlit as st

from pages.parts import menu
from pages.parts.lens import frame
from pages.parts.process import settle

st.set_page_config(page_title="Cross-market intelligence", page_icon=":material/hub:", layout="wide")
page = menu.current()
try:
    frame()
    page.run()
finally:
    settle()
