import WarehouseBasics
import WarehouseSQL

extension Binder {
    private static let numberType = LogicalType.number(precision: 19, scale: 0)

    /// `s.NEXTVAL`: numbers for all rows, each time it is written others; nil where the name is no sequence's.
    func bindNextValue(_ parts: [Identifier], at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression? {
        guard let key = try sequence(ofNextValue: parts) else { return nil }
        switch context.clause {
        case .select:
            guard let select = context.select else { break }
            return .column(select.add(PendingWindow(call: nextValueCall(key), partition: [], order: [])))
        case .values:
            let number = try catalog.nextNumber(ofSequence: key)
            return .constant(Constant(.integer(Int128(number)), Self.numberType))
        default:
            guard let numbers = context.numbers else { break }
            let call = nextValueCall(key)
            numbers.calls.append(call)
            return .column(call.column)
        }
        throw CompilationError.unsupported("NEXTVAL outside of a select list and VALUES", at: span)
    }

    private func sequence(ofNextValue parts: [Identifier]) throws -> String? {
        guard parts.count > 1, parts[parts.count - 1].name == "NEXTVAL" else { return nil }
        return try catalog.resolveSequence(parts.dropLast().map(\.name))
    }

    /// A call that gives each row a number of the sequence known by `key`. Its second argument tells it from others.
    func nextValueCall(_ key: String) -> WindowCall {
        let column = make("NEXTVAL", Self.numberType, isNullable: false)
        return WindowCall(column, "NEXTVAL", [.constant(.text(key)), .constant(.integer(column.id.number))],
                          frame: .wholePartition)
    }

    /// The call that a column's DEFAULT is; nil when it is no sequence's.
    func nextValueCall(default expression: Expression) throws -> WindowCall? {
        if case .column(let parts) = expression.kind, parts.count > 1, parts[parts.count - 1].name == "NEXTVAL" {
            if let key = try sequence(ofNextValue: parts) { return nextValueCall(key) }
            let name = parts.dropLast().map { Identifiers.quoted($0.name) }.joined(separator: ".")
            throw CompilationError.make(.objectNotFound, "Sequence '\(name)' does not exist or not authorized.",
                                        at: expression.span)
        }
        guard !SequenceUse.occurs(in: expression) else {
            throw CompilationError.unsupported("a DEFAULT that computes with NEXTVAL", at: expression.span)
        }
        return nil
    }

    /// `TABLE(GETNEXTVAL(s))`: a number for each row of the items before it.
    func bindGetNextValue(_ call: FunctionCall, _ item: TableExpression, after left: FromResult?) throws
        -> (plan: LogicalPlan, column: PlanColumn) {
        guard call.arguments.count == 1, case .expression(let argument) = call.arguments[0],
              case .column(let parts) = argument.kind,
              let key = try catalog.resolveSequence(parts.map(\.name)) else {
            throw CompilationError.make(.invalidArgumentTypes, "GETNEXTVAL takes a sequence", at: item.span)
        }
        let next = nextValueCall(key)
        let plan = LogicalPlan.window(LogicalWindow(input: left?.plan ?? .oneRow, partition: [], order: [],
                                                    calls: [next]))
        return (plan, next.column)
    }
}

/// Where a statement takes numbers of sequences.
public enum SequenceUse {
    /// Whether `s.NEXTVAL` occurs in the expression.
    public static func occurs(in expression: Expression) -> Bool {
        var walk = SyntaxWalk()
        var found = false
        walk.visit = { part in
            if case .column(let parts) = part.kind, parts.count > 1, parts[parts.count - 1].name == "NEXTVAL" {
                found = true
            }
        }
        walk.walk(expression)
        return found
    }

    /// Names without a qualifier, or the last part of those with one, that stand for columns in the expression.
    public static func columnNames(in expression: Expression) -> Set<String> {
        var walk = SyntaxWalk()
        var names: Set<String> = []
        walk.visit = { part in
            if case .column(let parts) = part.kind, let last = parts.last { names.insert(last.name) }
        }
        walk.walk(expression)
        return names
    }
}
