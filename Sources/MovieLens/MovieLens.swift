// The promise of MovieLens stands in README.md.
