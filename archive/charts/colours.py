"""Colours of the pictures on light ground; charts.css has those on dark.  All can be told apart without red or green.

Sources: the blues of ColorBrewer for how many; Okabe and Ito, "Color Universal Design", 2008, for which.
"""

MANY = "#c6dbef", "#85b8dd", "#3f8cc4", "#0b559f"
"""Of a day with few articles, to one with many."""
GAP = "#d7301f"
"""Of a day without any, which bears a cross, too."""
THIN = "#e69f00"
"""Of a day with fewer than chance explains, which bears a bar, too."""
NAMED = "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"
"""Of names, the most frequent first."""
OTHERS = "#9aa0a6"
"""Of all other names together."""
GRID = "#d0d7de"
MARK = "#ffffff"
"""Of the mark on a day."""
