import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileScan(_ scan: LogicalScan) throws -> Relation {
        if let working = scan.table as? WorkingTable { return try compileWorkingTable(working, scan) }
        guard let table = scan.table as? any ScannableTable else {
            throw WarehouseError(.unsupported, "Relation \(scan.table.name) cannot be read here.")
        }
        let ranges = ScanRanges.ranges(of: scan)
        var tableScan = try table.makeScan(columns: scan.columns.map(\.tableColumn), ranges: ranges, context: context)
        if isBelowFence, let stored = tableScan as? StoredTableScan { tableScan = stored.uncounted() }
        let types = tableScan.outputTypes
        let bindings = scan.columns.enumerated().map { index, column in
            binding(of: column, table, types[index], index)
        }
        let source = ScanOperator(tableScan)
        var relation = Relation(source, scan.columns.map(\.column), bindings, rowBound: table.rowCount)
        relation.scan = ScannedColumns(source, Array(scan.columns.indices))
        relation.origins = origins(of: source)
        for (index, column) in scan.columns.enumerated() where column.tableColumn >= 0 && types[index].isInteger {
            relation.bindings[index].isSorted = table.statistics(ofColumn: column.tableColumn).isSorted
        }
        guard !scan.filters.isEmpty, let filtering = tableScan as? any FilteringTableScan else {
            return try filtered(relation, scan.filters)
        }
        let whole = try CompiledPredicate(allOf: scan.filters, input: relation.layout, context: context)
        guard whole.constantAnswer == nil else { return try filtered(relation, scan.filters) }
        let (bounds, rest) = ScanRanges.split(scan, types: types)
        let used = rest.reduce(into: Set<ColumnID>()) { $0.formUnion($1.columnIDs) }
        let places = scan.columns.indices.filter { used.contains(scan.columns[$0].column.id) }
        let predicate = try rest.isEmpty ? nil : CompiledPredicate(allOf: rest, input: relation.layout, context: context)
        let filter = ScanFilter(bounds: bounds, predicate: predicate, predicateColumns: places)
        let narrowed = ScanOperator(filtering.filtered(by: filter))
        var result = relation.through(narrowed, rowBound: relation.rowBound)
        result.scan = ScannedColumns(narrowed, Array(scan.columns.indices))
        return result.inOrder(of: relation).withOrigins(origins(of: narrowed))
    }

    private func origins(of scan: ScanOperator) -> [[ScannedColumn]] {
        scan.outputTypes.indices.map { scan.takesDynamicFilter(column: $0) ? [ScannedColumn(scan: scan, column: $0)] : [] }
    }

    private func binding(of column: LogicalScan.ScanColumn, _ table: any ScannableTable, _ type: PhysicalType,
                         _ index: Int) -> ColumnBinding {
        guard column.tableColumn >= 0 else {
            return ColumnBinding(index: index, physicalType: type, mayBeNull: false)
        }
        let statistics = table.statistics(ofColumn: column.tableColumn)
        var range: ValueRange?
        if type.isInteger, let low = statistics.low, let high = statistics.high, low <= high {
            range = ValueRange(low, high)
        } else if type.isInteger {
            range = ValueRange.of(type)
        }
        return ColumnBinding(index: index, physicalType: type, range: range, mayBeNull: statistics.nullCount != 0,
                             distinctCount: statistics.distinctCount)
    }

    func compileValues(_ values: LogicalValues) throws -> Relation {
        let row = Batch([], rowCount: 1)
        var columns: [ColumnBuffer] = []
        for index in values.columns.indices {
            columns.append(try valuesColumn(values, index, row))
        }
        let bindings = columns.enumerated().map { index, column in
            ColumnBinding(index: index, physicalType: column.physicalType, range: column.valueRange,
                          mayBeNull: column.hasNulls)
        }
        let rows = RowBuffer(columns: columns, rowCount: values.rowCount)
        return Relation(ValuesOperator(rows: rows), values.columns, bindings, rowBound: values.rowCount)
    }

    private func valuesColumn(_ values: LogicalValues, _ index: Int, _ row: Batch) throws -> ColumnBuffer {
        let type = values.columns[index].type.widestPhysicalType
        let column = values.columns[index].type
        var buffer = ColumnBuffer(column.hasVariableWidth ? column.physicalType(low: 0, high: 0) : type)
        for expressions in values.rows {
            if case .constant(let constant) = expressions[index], type != .list {
                buffer.append(constant.value)
                continue
            }
            let compiled = try CompiledExpression(expressions[index], input: InputLayout(), context: context)
            let vector = try TextBudget.$isForOneRow.withValue(true) { try compiled.makeEvaluator().evaluate(row) }
            if type == .list, buffer.count == 0, let child = vector.valueHolder.child {
                buffer = ColumnBuffer(.list, elementType: child.physicalType)
            }
            buffer.append(vector, 0..<1)
        }
        return buffer
    }
}

extension ColumnBuffer {
    /// Bounds of an integer column's non-null values; of no values, zero.
    var valueRange: ValueRange? {
        guard physicalType.isInteger else { return nil }
        var low: Int128?, high: Int128?
        for row in 0..<count where !isNull(row) {
            let value: Int128 = switch physicalType {
            case .int32: Int128(int32s[row])
            case .int64: Int128(int64s[row])
            default: int128s[row]
            }
            low = min(low ?? value, value)
            high = max(high ?? value, value)
        }
        return ValueRange(low ?? 0, high ?? 0)
    }
}
