"""Random designs are the same in every run of the suite: what fails once fails again."""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.load_profile("same")
