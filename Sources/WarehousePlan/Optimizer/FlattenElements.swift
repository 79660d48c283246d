import WarehouseBasics

/// Takes elements of an array whose element type is known as they are, instead of making a VARIANT of each and casting
/// it back: `CAST(VALUE AS VARCHAR)` over FLATTEN of a SPLIT becomes the output ELEMENT.
struct FlattenElements: OptimizerRule {
    let name = "flatten elements"

    func apply(_ plan: LogicalPlan, _ context: OptimizerContext) throws -> LogicalPlan {
        var elements: [ColumnID: PlanColumn] = [:]
        collect(plan, context, &elements)
        if elements.isEmpty { return plan }
        var used: Set<ColumnID> = []
        let rewritten = plan.mapped { node in
            node.mappingExpressions { expression in
                expression.mapped { part in
                    guard case .cast(.column(let value), let type, let isTry) = part, let element = elements[value.id]
                    else { return part }
                    let direct = Self.direct(.column(element), to: type, isTry: isTry)
                    if direct != nil { used.insert(element.id) }
                    return direct ?? part
                }
            }
        }
        return rewritten.mapped { node in
            guard case .flatten(var flatten) = node else { return node }
            for output in flatten.outputs where output.output == .value {
                guard let element = elements[output.column.id], used.contains(element.id) else { continue }
                flatten.outputs.append((.element, element))
            }
            return .flatten(flatten)
        }
    }

    private func collect(_ plan: LogicalPlan, _ context: OptimizerContext, _ elements: inout [ColumnID: PlanColumn]) {
        for input in plan.inputs { collect(input, context, &elements) }
        guard case .flatten(let flatten) = plan, case .array(let element?) = flatten.value.type, flatten.path.isEmpty,
              !flatten.isRecursive, element.isText else { return }
        for output in flatten.outputs where output.output == .value {
            elements[output.column.id] = context.make(output.column.name, element)
        }
    }

    /// What a cast of the VARIANT gives, from the element itself; nil where the two might differ.
    private static func direct(_ element: BoundExpression, to type: LogicalType, isTry: Bool) -> BoundExpression? {
        switch (element.type, type) {
        case (.varchar(let source), .varchar(let target)):
            if source <= target || target >= LogicalType.maximumTextLength { return element }
            return .cast(element, to: type, isTry: isTry)
        case (.varchar, .number), (.varchar, .float):
            return .cast(element, to: type, isTry: isTry)
        default: return nil
        }
    }
}
