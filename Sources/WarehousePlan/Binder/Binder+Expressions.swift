import WarehouseBasics
import WarehouseSQL

extension Binder {
    /// An expression with names resolved, types given and constants folded. Subqueries in it land in the context's
    /// sink, aggregates and window functions in its SELECT.
    func bindExpression(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        if let group = context.select?.group(expression, in: context.clause) { return group }
        return try nested {
            do {
                return try bindKind(expression, context)
            } catch let error as WarehouseError {
                throw CompilationError.placed(error, at: expression.span)
            }
        }
    }

    func bindAll(_ expressions: [Expression], _ context: ExpressionContext) throws -> [BoundExpression] {
        try expressions.map { try bindExpression($0, context) }
    }

    private func bindKind(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        switch expression.kind {
        case .literal, .variable, .parameter: return try bindConstant(expression)
        case .column, .identifier, .fileColumn: return try bindName(expression, context)
        case .unary(let op, let operand): return try bindUnary(op, operand, context)
        case .binary(let op, let left, let right): return try bindBinary(op, left, right, context)
        case .logical(let op, let operands):
            let terms = try bindAll(operands, context)
            return op == .and ? try factory.and(terms) : try factory.or(terms)
        case .concatenation(let parts): return try factory.call("CONCAT", try bindAll(parts, context))
        case .isNull, .isBoolean, .between, .inList, .inSubquery, .patternMatch, .quantified, .exists:
            return try bindPredicate(expression, context)
        case .conditional(let conditional): return try bindCase(conditional, context)
        case .cast(let cast): return try bindCast(cast, context)
        case .function(let call): return try bindCall(call, at: expression.span, context)
        case .extract(let part, let operand):
            return try factory.call("DATE_PART", [.constant(.text(part)), try bindExpression(operand, context)])
        case .subquery(let query): return try bindScalarSubquery(query, context)
        case .path, .element, .array, .object: return try bindSemiStructured(expression, context)
        case .collate(let operand, let collation):
            // Texts are compared byte by byte, which is what these two ask for.
            guard collation.isEmpty || collation.lowercased() == "utf8" else {
                throw CompilationError.unsupported("COLLATE '\(collation)'", at: expression.span)
            }
            return try ParameterType.text.coerce(try bindExpression(operand, context), factory, function: "COLLATE", all: [])
        case .tuple: throw CompilationError.unsupported("row values in this place", at: expression.span)
        case .lambda: throw CompilationError.unsupported("lambda expressions", at: expression.span)
        case .outerJoinMark: throw CompilationError.unsupported("(+) outer joins", at: expression.span)
        case .defaultValue:
            throw CompilationError.make(.syntax, "DEFAULT may stand only in VALUES of INSERT and in SET of UPDATE",
                                        at: expression.span)
        }
    }

    // MARK: Constants

    private func bindConstant(_ expression: Expression) throws -> BoundExpression {
        switch expression.kind {
        case .literal(let literal): return try bindLiteral(literal, at: expression.span)
        case .parameter(let parameter): return .constant(try parameters.value(of: parameter))
        case .variable(let name):
            guard let value = catalog.variable(name) else {
                throw CompilationError.make(.missingVariable, "Session variable '$\(name)' does not exist",
                    at: expression.span)
            }
            return .constant(value)
        default: throw WarehouseError(.internalFault, "Not a constant.")
        }
    }

    private func bindLiteral(_ literal: Literal, at span: SourceSpan) throws -> BoundExpression {
        switch literal {
        case .null: return .constant(.null())
        case .boolean(let value): return .constant(.boolean(value))
        case .number(let digits):
            guard let constant = NumericLiteral.constant(digits) else {
                throw CompilationError.make(.syntax, "Invalid number '\(digits)'", at: span)
            }
            return .constant(constant)
        case .string(let text): return .constant(.text(text))
        case .binary(let digits):
            let bytes = Self.bytes(hexadecimal: digits)
            return .constant(Constant(.bytes(bytes), .binary(length: max(1, bytes.count))))
        case .date(let text): return try factory.cast(.constant(.text(text)), to: .date)
        case .time(let text): return try factory.cast(.constant(.text(text)), to: .time(scale: 9))
        case .timestamp(let name, let text):
            let type = try TypeResolver.logicalType(TypeName(name: name), parameters: factory.session.parameters)
            return try factory.cast(.constant(.text(text)), to: type)
        case .interval:
            throw CompilationError.unsupported("INTERVAL outside of + and - on dates and timestamps", at: span)
        }
    }

    private static func bytes(hexadecimal digits: String) -> [UInt8] {
        let nibbles = digits.utf8.map { digit -> UInt8 in
            digit >= 97 ? digit - 87 : digit >= 65 ? digit - 55 : digit &- 48
        }
        return stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }

    // MARK: Operators

    private func bindUnary(_ op: UnaryOperator, _ operand: Expression, _ context: ExpressionContext) throws
        -> BoundExpression {
        switch op {
        case .minus:
            if case .literal(.number(let digits)) = operand.kind,
               let constant = NumericLiteral.constant(digits, isNegative: true) {
                return .constant(constant)
            }
            let bound = try bindExpression(operand, context)
            // `-x::BOOLEAN` is the negation of a BOOLEAN, since the cast binds tighter.
            guard bound.type != .boolean else {
                throw CompilationError.make(.invalidArgumentTypes, "Invalid argument types for function '-': (BOOLEAN)",
                                            at: operand.span)
            }
            return try factory.call("NEG", [bound])
        case .plus:
            let bound = try bindExpression(operand, context)
            return try ParameterType.number.coerce(bound, factory, function: "+", all: [bound])
        case .not: return try factory.not(try bindExpression(operand, context))
        case .prior, .connectByRoot:
            let hierarchy = context.scope.hierarchy
            guard let map = op == .prior ? hierarchy?.parents : hierarchy?.roots else {
                throw CompilationError.make(.syntax, "\(op.rawValue) needs CONNECT BY", at: operand.span)
            }
            return try bindExpression(operand, context).replacing(map)
        }
    }

    private func bindBinary(_ op: BinaryOperator, _ left: Expression, _ right: Expression,
                            _ context: ExpressionContext) throws -> BoundExpression {
        if let comparison = op.comparison {
            if case .tuple(let lefts) = left.kind, case .tuple(let rights) = right.kind {
                return try bindTuples(comparison, lefts, rights, context)
            }
            return try factory.comparison(comparison, try bindExpression(left, context),
                                          try bindExpression(right, context))
        }
        if op == .add || op == .subtract {
            if case .literal(.interval(let text, let unit)) = right.kind {
                return try Intervals.add(text, unit: unit, to: try bindExpression(left, context),
                                         negated: op == .subtract, factory)
            }
            if op == .add, case .literal(.interval(let text, let unit)) = left.kind {
                return try Intervals.add(text, unit: unit, to: try bindExpression(right, context), negated: false,
                    factory)
            }
        }
        let name = switch op {
        case .add: "ADD"
        case .subtract: "SUB"
        case .multiply: "MUL"
        case .divide: "DIV"
        default: "MOD"
        }
        return try factory.call(name, [try bindExpression(left, context), try bindExpression(right, context)])
    }

    /// `(a, b) = (c, d)`.
    func bindTuples(_ op: ComparisonOperator, _ lefts: [Expression], _ rights: [Expression],
                    _ context: ExpressionContext) throws -> BoundExpression {
        guard lefts.count == rights.count else {
            throw WarehouseError(.invalidArgumentTypes,
                "Row values of different lengths: \(lefts.count) and \(rights.count)")
        }
        let pairs = try zip(lefts, rights).map { (try bindExpression($0, context), try bindExpression($1, context)) }
        switch op {
        case .equal, .notDistinct: return try factory.and(try pairs.map { try factory.comparison(op, $0.0, $0.1) })
        case .notEqual, .distinct: return try factory.or(try pairs.map { try factory.comparison(op, $0.0, $0.1) })
        default: throw CompilationError.unsupported("order comparison of row values")
        }
    }

    // MARK: CASE and casts

    private func bindCase(_ conditional: CaseExpression, _ context: ExpressionContext) throws -> BoundExpression {
        var operand = try conditional.operand.map { try bindExpression($0, context) }
        // Each branch compares the operand anew: one that differs from call to call is computed once, as a column.
        if let value = operand, conditional.branches.count > 1, !value.isDeterministic {
            operand = pending(.computed(value), Relation(plan: .oneRow, columns: []), make("OPERAND", value.type),
                              context)
        }
        let branches = try conditional.branches.map { branch in
            var condition = try bindExpression(branch.condition, context)
            if let operand { condition = try factory.comparison(.equal, operand, condition) }
            return (condition: condition, value: try bindExpression(branch.result, context))
        }
        return try factory.caseWhen(branches,
            otherwise: try conditional.otherwise.map { try bindExpression($0, context) })
    }

    private func bindCast(_ cast: CastExpression, _ context: ExpressionContext) throws -> BoundExpression {
        let type = try TypeResolver.logicalType(cast.type, parameters: factory.session.parameters)
        return try factory.cast(try bindExpression(cast.operand, context), to: type, isTry: cast.isTry)
    }
}

extension BinaryOperator {
    /// The comparison it is; nil for arithmetic.
    var comparison: ComparisonOperator? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .isDistinctFrom: .distinct
        case .isNotDistinctFrom: .notDistinct
        case .add, .subtract, .multiply, .divide, .modulo: nil
        }
    }
}
