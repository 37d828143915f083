"""Condition channels drawn from keypoints, the same arithmetic as `src/stages/conditions/` of the engine."""
