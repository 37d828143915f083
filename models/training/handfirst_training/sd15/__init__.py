"""The SD 1.5 family: exporting a user's own weights as a bundle, a tiny random bundle, and a reference run of the method."""
