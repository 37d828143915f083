"""Loads PyTorch's compiler before any test opens a GL context: Mesa and Triton each bring an LLVM, and a process in which
Mesa's comes first ends in a segmentation fault."""

import contextlib

with contextlib.suppress(ImportError):
    import torch._dynamo  # noqa: F401
