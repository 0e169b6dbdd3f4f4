"""Search: `index.py` keeps the words, an engine per database finds candidates, `rank.py` decides."""
