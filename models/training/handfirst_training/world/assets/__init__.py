"""Builds the folder of pieces from source folders that the user has (see `make_assets.py`). Nothing is fetched."""
