// The promise of WarehouseSQL stands in README.md.
