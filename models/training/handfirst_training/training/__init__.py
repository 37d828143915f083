"""Training of the compact bundle: one resumable command a stage."""
