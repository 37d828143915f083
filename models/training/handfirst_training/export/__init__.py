"""Export of the compact bundle to ONNX."""
