import WarehouseBasics
import WarehouseColumns
import WarehousePlan

extension PlanCompiler {
    func compileFlatten(_ flatten: LogicalFlatten) throws -> Relation {
        let input = try compile(flatten.input)
        var value = flatten.value
        if case .array(.some) = value.type, !flatten.path.isEmpty {
            value = .cast(value, to: .array(element: nil), isTry: false)
        }
        var extra = [value]
        var listElement: LogicalType?
        if case .array(let element?) = value.type {
            listElement = element
            // The whole list as a semi-structured value comes from a cast beneath.
            if flatten.outputs.contains(where: { $0.output == .this }) {
                extra.append(.cast(value, to: .array(element: nil), isTry: false))
            }
        }
        let (wide, places) = try extended(input, extra)
        let options = FlattenOptions(path: try VariantPath(flatten.path), pathText: flatten.path,
                                     isOuter: flatten.isOuter, isRecursive: flatten.isRecursive, mode: flatten.mode)
        let columns = flatten.outputs.map { rawColumn($0.output, listElement) }
        let parents = Array(input.columns.indices) + places.dropFirst()
        let operation = FlattenOperator(input: wide.source, valueColumn: places[0], parents: parents,
                                        options: options, columns: columns)
        let raw = Relation(operation, parents.map { wide.columns[$0] } + rawColumns(flatten, listElement),
                           parents.map { wide.bindings[$0] } + columns.map(rawBinding), rowBound: nil)
            .estimating(wide.rowEstimate?.multipliedClamped(by: 2))
        guard let listElement else { return raw }
        return try finishList(flatten, input, raw, listElement, this: places.count > 1 ? input.columns.count : nil)
    }

    private func rawColumn(_ output: LogicalFlatten.Output, _ listElement: LogicalType?) -> FlattenColumn {
        switch output {
        case .seq: .seq
        case .key: .key
        case .path: .path
        case .index: .index
        case .value: listElement.map { .element($0.widestPhysicalType) } ?? .value
        case .this: .this
        case .element: .element(listElement?.widestPhysicalType ?? .string)
        }
    }

    private func rawBinding(_ column: FlattenColumn) -> ColumnBinding {
        let type = column.physicalType
        return ColumnBinding(index: 0, physicalType: type, range: type.isInteger ? ValueRange.of(type) : nil)
    }

    /// The operator's own columns; an element that becomes VALUE has its own type at first.
    private func rawColumns(_ flatten: LogicalFlatten, _ listElement: LogicalType?) -> [PlanColumn] {
        flatten.outputs.enumerated().map { index, output in
            guard let listElement, output.output == .value else { return output.column }
            return PlanColumn(id: ColumnID(-1000 - index), name: "", type: listElement)
        }
    }

    /// Of a list: VALUE is a cast of the element, THIS one of the list.
    private func finishList(_ flatten: LogicalFlatten, _ input: Relation, _ raw: Relation, _ element: LogicalType,
                            this: Int?) throws -> Relation {
        let first = raw.columns.count - flatten.outputs.count
        let parents = input.columns.map { Projection($0, .column($0)) }
        let outputs = flatten.outputs.enumerated().map { index, output -> Projection in
            let own = BoundExpression.column(raw.columns[first + index])
            switch output.output {
            case .value: return Projection(output.column, .cast(own, to: output.column.type, isTry: false))
            case .this: return Projection(output.column, this.map { .column(raw.columns[$0]) } ?? own)
            default: return Projection(output.column, own)
            }
        }
        return try projected(raw, parents + outputs)
    }
}
