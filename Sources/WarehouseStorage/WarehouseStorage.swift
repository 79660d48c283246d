// The promise of WarehouseStorage stands in README.md.
