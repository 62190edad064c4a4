"""Random designs are the same in every run of the suite: what fails once fails again; workers keep to a core."""

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.load_profile("same")

if "PYTEST_XDIST_WORKER" in os.environ:  # a worker has a core; set before the first import of numpy
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(threads, "1")
