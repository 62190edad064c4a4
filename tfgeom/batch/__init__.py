"""Many designs at once: the closed forms over arrays, one implementation for one design and for n."""

from tfgeom.batch.many import evaluate_many

__all__ = ["evaluate_many"]
