// The promise of MiniWarehouse stands in README.md.
