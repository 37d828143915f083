"""Judging: draws held-out poses with a bundle through the product, detects again, and says how near pictures and poses are."""
