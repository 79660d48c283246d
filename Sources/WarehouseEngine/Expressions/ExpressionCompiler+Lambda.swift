import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension ExpressionCompiler {
    /// FILTER, TRANSFORM and REDUCE: the body runs over batches of elements, beside them the columns it names.
    func higherOrder(_ name: String, _ arguments: [BoundExpression], _ parameters: [PlanColumn], _ body: BoundExpression,
                     _ type: LogicalType) throws -> CompiledNode {
        let given = try compile(arguments[0])
        if given.isNullConstant { return try null(type) }
        let array = try cast(given, to: .array(element: nil), isTry: false)
        let ids = parameters.map(\.id)
        var captured: [(id: ColumnID, binding: ColumnBinding)] = []
        for id in body.columnIDs.subtracting(ids) {
            guard let binding = input[id] else {
                throw WarehouseError(.internalFault, "Column \(id) is not in the operator's input.")
            }
            captured.append((id, binding))
        }
        captured.sort { $0.binding.index < $1.binding.index }
        var layout = InputLayout()
        for (place, column) in captured.enumerated() {
            var binding = column.binding
            binding.index = place
            layout[column.id] = binding
        }
        for (place, parameter) in parameters.enumerated() {
            layout[parameter.id] = ColumnBinding(index: captured.count + place,
                                                 physicalType: parameter.type.widestPhysicalType)
        }
        let inner = ExpressionCompiler(input: layout, context: context)
        var node = try inner.compile(body)
        let columns = captured.map(\.binding.index), makeArray = array.make
        let used = array.columns.union(columns)
        if name == "REDUCE" {
            let start = widened(try compile(arguments[1]), to: type.widestPhysicalType), makeStart = start.make
            if node.physicalType.isInteger { node = inner.widened(node, to: type.widestPhysicalType) }
            let makeBody = node.make
            return CompiledNode(type: type, physicalType: type.widestPhysicalType, canFail: true,
                                columns: used.union(start.columns)) {
                ReduceNode(makeArray(), start: makeStart(), body: makeBody(), columns: columns,
                           type: type.widestPhysicalType)
            }
        }
        let makeBody = node.make, isFilter = name == "FILTER"
        return CompiledNode(type: type, physicalType: .string, canFail: true, columns: used) {
            ElementsNode(makeArray(), body: makeBody(), columns: columns, isFilter: isFilter)
        }
    }
}
