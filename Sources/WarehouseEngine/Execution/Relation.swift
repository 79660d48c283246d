import WarehouseBasics
import WarehouseColumns
import WarehousePlan

/// An operator with what is known of its rows: the physical side of a `LogicalPlan`'s columns.
struct Relation {
    var source: any PhysicalOperator
    /// As the plan names them; column i is vector i of every batch.
    var columns: [PlanColumn]
    var bindings: [ColumnBinding]
    /// Upper bound of rows, where known.
    var rowBound: Int?
    /// About how many rows; nil: unknown.
    var rowEstimate: Int?
    /// Set while the rows come from a table's scan one by one.
    var scan: ScannedColumns?
    /// By column: the columns of scans beneath that hold the same value in every row that this row comes from. Rows of
    /// those scans with another value may be dropped where rows with that value here are not wanted.
    var origins: [[ScannedColumn]]

    init(_ source: any PhysicalOperator, _ columns: [PlanColumn], _ bindings: [ColumnBinding], rowBound: Int?) {
        self.source = source
        self.columns = columns
        self.bindings = bindings
        self.rowBound = rowBound
        rowEstimate = rowBound
        origins = Array(repeating: [], count: columns.count)
        for index in self.bindings.indices {
            self.bindings[index].index = index
            // Whoever keeps the order of rows says so.
            self.bindings[index].isSorted = false
        }
    }

    var layout: InputLayout {
        var layout = InputLayout()
        for (column, binding) in zip(columns, bindings) { layout[column.id] = binding }
        return layout
    }

    /// The same rows through another operator that keeps the columns.
    func through(_ source: any PhysicalOperator, rowBound: Int?) -> Relation {
        var relation = Relation(source, columns, bindings, rowBound: rowBound)
        relation.rowEstimate = [rowEstimate, rowBound].compactMap(\.self).min()
        return relation
    }

    /// The same, whose rows come in the order of those of `input`, each any number of times; its first columns are
    /// those of `input`.
    func inOrder(of input: Relation) -> Relation {
        var copy = self
        for index in input.bindings.indices { copy.bindings[index].isSorted = input.bindings[index].isSorted }
        return copy
    }

    /// The same with columns that come from those of scans.
    func withOrigins(_ origins: [[ScannedColumn]]) -> Relation {
        var copy = self
        copy.origins = origins
        return copy
    }

    /// The same with another guess at its rows.
    func estimating(_ rows: Int?) -> Relation {
        var copy = self
        copy.rowEstimate = rows
        return copy
    }

    /// How column `index` takes part in a key.
    func keyField(_ index: Int) -> KeyField { bindings[index].keyField(columns[index].type) }
}

/// An output column of a scan.
struct ScannedColumn {
    var scan: ScanOperator
    var column: Int
}

/// The scan beneath a relation, and which of its columns each column is, unchanged.
struct ScannedColumns {
    var source: ScanOperator
    var places: [Int?]

    init(_ source: ScanOperator, _ places: [Int?]) {
        self.source = source
        self.places = places
    }
}

extension ColumnBinding {
    func keyField(_ type: LogicalType) -> KeyField {
        let bounds = range.map { $0.low...$0.high }
        return KeyField(physicalType, KeyEquality(type), range: physicalType.isInteger ? bounds : nil)
    }

    /// What is known of a compiled expression's values.
    init(_ expression: CompiledExpression, index: Int) {
        self.init(index: index, physicalType: expression.physicalType, range: expression.range,
                  mayBeNull: expression.mayBeNull)
    }
}
