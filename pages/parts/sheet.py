"""HTML of a page as few elements: each costs the browser more than what it holds."""

import streamlit as st


def stacked(*blocks: str) -> str:
    """Blocks of HTML one below the other, at the distance of elements; those without content are left out."""
    return "".join(f'<div class="mi-block">{block}</div>' for block in blocks if block)


def show(*blocks: str) -> None:
    """Draw blocks of HTML as one element; nothing where all are empty."""
    if made := stacked(*blocks):
        st.html(made)
