import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    /// Rows of every round have the widest form of their types: how large values grow is not known beforehand.
    func compileRecursion(_ recursion: LogicalRecursion) throws -> Relation {
        let widths = recursion.columns.map(\.type.widestPhysicalType)
        let anchor = try widened(compile(recursion.anchor), widths)
        let compiler = self
        let operation = RecursionOperator(anchor: anchor.source, rowLimit: recursion.rowLimit) { rows in
            var round = PlanCompiler(context: compiler.context, measures: nil)
            round.workingRows = compiler.workingRows
            round.isBelowFence = compiler.isBelowFence
            round.workingRows[ObjectIdentifier(recursion.table)] = rows
            return try round.widened(round.compile(recursion.step), widths).source
        }
        let bindings = recursion.columns.enumerated().map { workingBinding($0.offset, $0.element.type) }
        return Relation(operation, recursion.columns, bindings, rowBound: nil)
    }

    /// Rows of the round before.
    func compileWorkingTable(_ table: WorkingTable, _ scan: LogicalScan) throws -> Relation {
        guard let rows = workingRows[ObjectIdentifier(table)] else {
            throw WarehouseError(.internalFault, "Working table \(table.name.name) is read outside of its recursion.")
        }
        let bindings = scan.columns.enumerated().map { workingBinding($0.offset, $0.element.column.type) }
        let places = scan.columns.map(\.tableColumn)
        let source: any PhysicalOperator = switch rows {
        case .memory(let parts):
            PartsOperator(parts.map { part in
                RowBuffer(columns: places.map { part.columns[$0] }, rowCount: part.rowCount)
            }, outputTypes: scan.columns.map(\.column.type.widestPhysicalType))
        case .disk(let rows): SpilledSource(rows, places: places)
        }
        let relation = Relation(source, scan.columns.map(\.column), bindings, rowBound: rows.rowCount)
        return try filtered(relation, scan.filters)
    }

    private func widened(_ relation: Relation, _ widths: [PhysicalType]) throws -> Relation {
        try projected(relation, relation.columns.map { Projection($0, .column($0)) }, widths: widths)
    }

    private func workingBinding(_ index: Int, _ type: LogicalType) -> ColumnBinding {
        let physical = type.widestPhysicalType
        return ColumnBinding(index: index, physicalType: physical,
                             range: physical.isInteger ? ValueRange.of(physical) : nil)
    }
}
