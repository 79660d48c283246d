// The promise of WarehouseIngest stands in README.md.
