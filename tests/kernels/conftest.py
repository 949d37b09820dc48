"""Models that the kernels' tests need."""

from tests.models.conftest import lm_dir

__all__ = ["lm_dir"]
