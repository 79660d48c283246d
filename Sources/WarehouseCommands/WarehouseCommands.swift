// The promise of WarehouseCommands stands in README.md.
