// The promise of WarehouseModels stands in README.md.
