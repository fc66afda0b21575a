"""Colours as a reader meets them: readable in both themes, and turned round for whom a rise is red."""

import re
import tomllib
from pathlib import Path

import pytest

from core.charts import palette, theme

ROOT = Path(__file__).resolve().parents[3]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
MODES = ("light", "dark")
AA = 4.5
# Grounds that stand behind text: the page, a row under the pointer or an opened proof (a breath of ink), the banner.
LOOK = (ROOT / "pages/parts/look.css").read_text()
PAIR = re.compile(r"light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)")


def mixed(ink, ground, share):
    parts = ((int(ink[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in parts)


def grounds(mode):
    page, ink = THEMES[mode]["backgroundColor"], THEMES[mode]["textColor"]
    return (page, mixed(ink, page, 0.06))


def pairs(css, name):
    return re.search(rf"{name}: {PAIR.pattern}", css).groups()


def test_the_grounds_are_those_of_the_app():
    assert [THEMES[m]["backgroundColor"] for m in MODES] == [palette.LIGHT, palette.DARK]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("convention", palette.CONVENTIONS)
@pytest.mark.parametrize("tone", ["--up", "--down"])
def test_a_tone_is_readable_as_text(mode, convention, tone):
    shade = pairs(palette.style(convention), tone)[MODES.index(mode)]
    assert all(palette.contrast(shade, ground) >= AA for ground in grounds(mode))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("tone", ["--good", "--warn", "--bad", "--quiet", "--ink"])
def test_the_other_tones_of_the_page_are_readable_as_text(mode, tone):
    shade = pairs(LOOK, tone)[MODES.index(mode)]
    assert all(palette.contrast(shade, ground) >= AA for ground in grounds(mode))


@pytest.mark.parametrize("mode", MODES)
def test_the_banner_is_readable(mode):
    ground = re.search(rf"background: {PAIR.pattern}", LOOK).groups()[MODES.index(mode)]
    assert all(palette.contrast(pairs(LOOK, tone)[MODES.index(mode)], ground) >= AA for tone in ("--ink", "--quiet"))


@pytest.mark.parametrize("mode", MODES)
def test_the_colours_of_the_theme_are_readable(mode):
    chosen = THEMES[mode]
    for ground in (chosen["backgroundColor"], chosen["secondaryBackgroundColor"], chosen["sidebar"]["backgroundColor"]):
        assert palette.contrast(chosen["textColor"], ground) >= AA
        assert palette.contrast(chosen["primaryColor"], ground) >= AA


@pytest.mark.parametrize("convention", palette.CONVENTIONS)
def test_text_of_every_chart_colour_is_readable_in_both_themes(convention):
    rules = dict(re.findall(r'svg text\[fill="(#\w+)"\] \{ fill: (.*?); \}', palette.style(convention)))
    tokens = {v for k, v in vars(theme).items() if k.isupper() and isinstance(v, str) and v.startswith("#")} - {theme.STRAW, theme.DARK}
    assert set(rules) == tokens
    for shades in rules.values():
        light, dark = PAIR.fullmatch(shades).groups()
        assert palette.contrast(light, grounds("light")[0]) >= AA
        assert palette.contrast(dark, grounds("dark")[0]) >= AA


def test_the_two_conventions_turn_up_and_down_round_and_touch_nothing_else():
    usual, other = (palette.tones(c) for c in palette.CONVENTIONS)
    assert (usual["up"], usual["down"]) == (other["down"], other["up"]) == (theme.UP, theme.DOWN)
    drawn = f'<path fill="{theme.UP}"/><path stroke="{theme.DOWN}"/><path fill="{theme.TODAY}"/>'
    turned = palette.printed(drawn, "red_up")
    assert turned == f'<path fill="{theme.DOWN}"/><path stroke="{theme.UP}"/><path fill="{theme.TODAY}"/>'
    assert palette.printed(drawn, "green_up") == drawn
    assert palette.printed(turned, "red_up") == drawn


def test_printed_text_is_readable_on_white():
    shown = palette.printed(f'<text x="1" fill="{theme.THRESHOLD}">fires</text><text fill="{theme.DARK}">7</text>', "green_up")
    first, second = re.findall('fill="(#\\w+)"', shown)
    assert palette.contrast(first, "#ffffff") >= AA > palette.contrast(theme.THRESHOLD, "#ffffff")
    assert second == theme.DARK


def test_a_rise_is_green_or_red_as_the_convention_says():
    for convention, rise in zip(palette.CONVENTIONS, ("green", "red"), strict=True):
        red, green = (int(palette.tones(convention)["up"][i : i + 2], 16) for i in (1, 3))
        assert (green > red) is (rise == "green")


def test_up_and_down_mean_direction_only():
    assert {theme.UP, theme.DOWN}.isdisjoint({*theme.FOLLOW.values(), *theme.COINS.values(), *theme.ORDER, *theme.MARKETS.values(), theme.TODAY})
