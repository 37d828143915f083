"""Training of the paper's networks at Stable Diffusion's size: data, preparation, hand generator, LoRA."""
