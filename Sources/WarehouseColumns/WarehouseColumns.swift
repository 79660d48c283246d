// The promise of WarehouseColumns stands in README.md.
