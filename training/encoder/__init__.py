"""How the weights in the package were made: the encoder's export to int8, and the fit of its calibration."""
