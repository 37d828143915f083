"""Networks of the compact bundle."""
