"""What is measured, as ratios within one run. `python -m benchmarks --help`; the figures stand in README.md."""
