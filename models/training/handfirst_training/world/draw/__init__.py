"""Drawing of dressed signers with OpenGL, without a window."""
