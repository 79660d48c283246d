import WarehouseSQL

/// Comparisons with the greatest value that an incremental model holds, and nothing taken off it.
enum Watermark {
    /// The columns compared, and how: `.greater` or `.greaterOrEqual`.
    static func found(in tree: Expression) -> [(column: String, comparison: BinaryOperator)] {
        let found = Collected<(column: String, comparison: BinaryOperator)>()
        TreeFacts.visit(tree) { part in
            guard case .binary(let op, let left, let right) = part.kind else { return true }
            switch op {
            case .greater, .greaterOrEqual:
                if let column = newest(right) { found.elements.append((column, op)) }
            case .less, .lessOrEqual:
                if let column = newest(left) {
                    found.elements.append((column, op == .less ? .greater : .greaterOrEqual))
                }
            default: break
            }
            return true
        }
        return found.elements
    }

    /// The column of `(SELECT MAX(column) FROM this)`.
    private static func newest(_ tree: Expression) -> String? {
        guard case .subquery(let query) = tree.kind, case .select(let select) = query.body, select.items.count == 1,
              case .expression(let item) = select.items[0], case .function(let call) = item.expression.kind,
              call.simpleName == "MAX", case .expression(let argument)? = call.arguments.first,
              case .column(let parts) = argument.kind else { return nil }
        return parts.last?.name
    }
}
