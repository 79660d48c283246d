// The promise of WarehousePlan stands in README.md.
