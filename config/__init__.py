"""The numbers: what may differ between two deployments. Values and data files; it does nothing."""
