"""One file per benchmark. Each has NAMES, the figures that it finds, and `measure(house)`, which returns them."""
