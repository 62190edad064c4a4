"""Parameters of a design from measured rates, curves and pulses, with what the measurements cannot tell."""

from tfgeom.fitting.answer import fit_dict
from tfgeom.fitting.fit import Fit, Fitted, fit_design
from tfgeom.fitting.fitted_design import fitted_design, fitted_design_text

__all__ = ["Fit", "Fitted", "fit_design", "fit_dict", "fitted_design", "fitted_design_text"]
