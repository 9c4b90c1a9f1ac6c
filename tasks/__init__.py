"""The asking: when, how often and by whom the work is asked for: queue, clock, shell, Flower."""
