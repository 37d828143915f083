"""The keypoint files in `samples/`: rendered signers, seen by a real detector."""
