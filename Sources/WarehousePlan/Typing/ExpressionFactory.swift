import WarehouseBasics

/// The one place where bound expressions are built: resolves functions, writes implicit casts out, folds constants.
/// The binder of SQL text uses it, and whoever makes plans without text.
///
/// Errors carry no place in the statement; whoever knows it adds it.
public struct ExpressionFactory {
    public let session: SessionContext
    let folder: any ConstantFolder

    /// `folder` evaluates constant expressions; the default evaluates none.
    public init(session: SessionContext, folder: any ConstantFolder = NoConstantFolder()) {
        self.session = session
        self.folder = folder
    }

    /// A call of a scalar function by any of its names (upper case), arguments in any coercible types. Throws
    /// `unknownFunction`, `argumentCount` or `invalidArgumentTypes`.
    public func call(_ name: String, _ arguments: [BoundExpression]) throws -> BoundExpression {
        guard let function = ScalarFunctions.function(named: name) else { throw ScalarFunctions.unknown(name) }
        try function.checkCount(arguments.count, name: name)
        return try fold(function.build(self, arguments), isVolatile: function.isVolatile)
    }

    /// `left op right` with both sides in their common type.
    public func comparison(_ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression) throws
        -> BoundExpression {
        let (left, right) = (naturalText(left, beside: right.type), naturalText(right, beside: left.type))
        guard let type = Coercion.common(left.type, right.type) else {
            throw Self.invalidArguments(op.rawValue, [left, right])
        }
        return fold(.comparison(op, try implicit(left, to: type), try implicit(right, to: type)))
    }

    /// A constant text beside a number becomes a number of its own digits, so that `x = '1.5'` compares exactly.
    func naturalText(_ expression: BoundExpression, beside other: LogicalType) -> BoundExpression {
        guard case .number = other, case .constant(let constant) = expression, constant.type.isText,
              case .bytes(let bytes) = constant.value,
              let natural = bytes.withUnsafeBufferPointer({ buffer in
                  buffer.baseAddress.flatMap { DecimalText.naturalType($0, count: buffer.count) }
              }) else { return expression }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let value = DecimalText.parse(text, precision: natural.precision, scale: natural.scale) else {
            return expression
        }
        return .constant(Constant(.integer(value), .number(precision: natural.precision, scale: natural.scale)))
    }

    /// AND of any number of conditions, nested ones flattened; TRUE for none.
    public func and(_ terms: [BoundExpression]) throws -> BoundExpression {
        let flat = try terms.map { try condition($0) }.flatMap(\.conjuncts)
        if flat.isEmpty { return .constant(.boolean(true)) }
        return flat.count == 1 ? flat[0] : fold(.conjunction(flat))
    }

    /// OR of any number of conditions, nested ones flattened; FALSE for none.
    public func or(_ terms: [BoundExpression]) throws -> BoundExpression {
        let flat = try terms.map { try condition($0) }.flatMap(\.disjuncts)
        if flat.isEmpty { return .constant(.boolean(false)) }
        return flat.count == 1 ? flat[0] : fold(.disjunction(flat))
    }

    public func not(_ term: BoundExpression) throws -> BoundExpression { fold(.not(try condition(term))) }

    public func isNull(_ operand: BoundExpression, negated: Bool = false) -> BoundExpression {
        fold(.isNull(operand, negated: negated))
    }

    /// The expression as a BOOLEAN.
    public func condition(_ expression: BoundExpression) throws -> BoundExpression {
        if expression.type == .boolean { return expression }
        guard Coercion.isImplicit(from: expression.type, to: .boolean) else {
            throw WarehouseError(.invalidArgumentTypes,
                                 "Invalid data type [\(expression.type)] for predicate: a BOOLEAN is expected.")
        }
        return try implicit(expression, to: .boolean)
    }

    /// CASE WHEN: results in their common type. Without `otherwise`, NULL.
    public func caseWhen(_ branches: [(condition: BoundExpression, value: BoundExpression)],
                         otherwise: BoundExpression? = nil) throws -> BoundExpression {
        let otherwise = otherwise ?? .constant(.null())
        let values = try unified(branches.map(\.value) + [otherwise], in: "CASE")
        let cases = try branches.indices.map {
            BoundExpression.CaseBranch(condition: try condition(branches[$0].condition), value: values[$0])
        }
        let type = Coercion.common(values.map(\.type)) ?? otherwise.type
        return simplifiedCase(cases, otherwise: values[values.count - 1], type)
    }

    /// Drops branches whose condition is a constant FALSE or NULL and ends at one that is TRUE.
    private func simplifiedCase(_ cases: [BoundExpression.CaseBranch], otherwise: BoundExpression,
                                _ type: LogicalType) -> BoundExpression {
        var kept: [BoundExpression.CaseBranch] = []
        var last = otherwise
        for branch in cases {
            if case .constant(let constant) = branch.condition {
                guard constant.value == .boolean(true) else { continue }
                last = branch.value
                break
            }
            kept.append(branch)
        }
        return kept.isEmpty ? last : .caseWhen(kept, otherwise: last, type)
    }

    /// `value [NOT] IN (list)`, all in their common type.
    public func inList(_ value: BoundExpression, _ list: [BoundExpression], negated: Bool = false) throws
        -> BoundExpression {
        if list.count == 1 { return try comparison(negated ? .notEqual : .equal, value, list[0]) }
        let natural = list.map { naturalText($0, beside: value.type) }
        let all = try unified([value] + natural, in: "IN")
        return fold(.inList(all[0], Array(all.dropFirst()), negated: negated))
    }

    /// The expressions in their common type. `construct` names the place for the error.
    public func unified(_ expressions: [BoundExpression], in construct: String) throws -> [BoundExpression] {
        var expressions = expressions
        if let number = expressions.first(where: { if case .number = $0.type { true } else { false } }) {
            let natural = expressions.map { naturalText($0, beside: number.type) }
            // Digits before the point must not go for those of a text behind it.
            var digits = 0, fractions = 0
            for case .number(let precision, let scale) in natural.map(\.type) {
                digits = max(digits, precision - scale)
                fractions = max(fractions, scale)
            }
            if digits + fractions <= 38 { expressions = natural }
        }
        guard let type = Coercion.common(expressions.map(\.type)) else {
            throw Self.invalidArguments(construct, expressions)
        }
        return try expressions.map { try implicit($0, to: type) }
    }

    // MARK: Folding

    /// The value of an expression without columns and volatile calls, else the expression. What fails at evaluation
    /// stays, so that the error comes only if the query evaluates it.
    func fold(_ expression: BoundExpression, isVolatile: Bool = false) -> BoundExpression {
        if isVolatile { return expression }
        // A list is no constant's form.
        if case .array(_?) = expression.type { return expression }
        if let simple = ConstantRules.fold(expression) { return .constant(simple) }
        let operands = expression.operands
        guard !operands.isEmpty, operands.allSatisfy(\.isConstant) else { return expression }
        guard let constant = try? folder.fold(expression) else { return expression }
        return .constant(Constant(constant.value, expression.type))
    }

    /// The text of a constant argument; throws when it is something else. `name`: the function's.
    func constantText(_ expression: BoundExpression, of name: String) throws -> String {
        if case .constant(let constant) = expression, case .bytes(let bytes) = constant.value, constant.type.isText {
            return String(decoding: bytes, as: UTF8.self)
        }
        throw WarehouseError(.invalidValue, "argument of function '\(name)' needs to be a constant string.")
    }

    /// The whole number that a constant argument is; throws when it is something else or out of Int's range.
    func constantInteger(_ expression: BoundExpression, of name: String) throws -> Int {
        if case .constant(let constant) = try implicit(expression, to: .integer),
           case .integer(let value) = constant.value, let narrow = Int(exactly: value) {
            return narrow
        }
        throw WarehouseError(.invalidValue, "argument of function '\(name)' needs to be a constant integer.")
    }

    static func invalidArguments(_ name: String, _ arguments: [BoundExpression]) -> WarehouseError {
        let types = arguments.map { $0.type.description }.joined(separator: ", ")
        return WarehouseError(.invalidArgumentTypes, "Invalid argument types for function '\(name)': (\(types))")
    }
}

extension BoundExpression {
    /// The terms of an AND, or the expression itself.
    public var conjuncts: [BoundExpression] {
        if case .conjunction(let terms) = self { return terms }
        return [self]
    }

    /// The terms of an OR, or the expression itself.
    public var disjuncts: [BoundExpression] {
        if case .disjunction(let terms) = self { return terms }
        return [self]
    }

    /// AND of the terms; nil for none.
    public static func all(_ terms: [BoundExpression]) -> BoundExpression? {
        let flat = terms.flatMap(\.conjuncts)
        return flat.count > 1 ? .conjunction(flat) : flat.first
    }
}
