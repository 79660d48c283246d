// The promise of WarehouseEngine stands in README.md.
