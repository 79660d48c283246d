import WarehouseBasics

extension ExpressionFactory {
    /// `CAST(expression AS type)` or TRY_CAST. Throws when the pair of types has no conversion.
    public func cast(_ expression: BoundExpression, to type: LogicalType, isTry: Bool = false) throws
        -> BoundExpression {
        let source = expression.type
        guard isTry ? Coercion.isTry(from: source, to: type) : Coercion.isExplicit(from: source, to: type) else {
            let verb = isTry ? "TRY_CAST" : "CAST"
            throw WarehouseError(.invalidArgumentTypes, "Invalid argument types for function '\(verb)': (\(source)) "
                + "cannot be cast to \(type).")
        }
        return convert(expression, to: type, isTry: isTry)
    }

    /// The expression where `type` is expected: unchanged when only precision or length differ. Throws when the
    /// types do not meet implicitly.
    public func implicit(_ expression: BoundExpression, to type: LogicalType) throws -> BoundExpression {
        if case .constant(let constant) = expression, constant.isNull { return .constant(.null(type)) }
        if expression.type.isSameForm(as: type) { return expression }
        guard Coercion.isImplicit(from: expression.type, to: type)
                || (type == .variant && expression.type != .null) else {
            throw WarehouseError(.invalidArgumentTypes, "Can not convert parameter of type [\(expression.type)] "
                + "into expected type [\(type)]")
        }
        return convert(expression, to: type, isTry: false)
    }

    /// The expression as a value of a column of `type`, as INSERT, UPDATE and MERGE assign: checks length and
    /// precision. Throws 002023 when the types do not meet; `column` names the target.
    public func assign(_ expression: BoundExpression, to type: LogicalType, column: String) throws -> BoundExpression {
        let source = expression.type
        if source == type { return expression }
        var isAllowed = Coercion.isImplicit(from: source, to: type) && !(type == .variant && source.isTemporal)
        if case .binary = type, source.isText { isAllowed = true }
        guard isAllowed else {
            throw WarehouseError(.invalidAssignment,
                "SQL compilation error:\nExpression type does not match column data "
                + "type, expecting \(type) but got \(source) for column \(column)")
        }
        if case .constant(let constant) = expression, constant.isNull { return .constant(.null(type)) }
        if fits(source, in: type) { return expression }
        if case .array(.some) = type {
            // A cast would change the elements: 1 into '1'. The table's owner keeps the column as plain ARRAY then.
            throw WarehouseError(.arrayElements, "Column \(column) keeps its arrays' elements as one scalar type.")
        }
        return convert(expression, to: type, isTry: false)
    }

    /// Whether every value of `source` is one of `target`, in the same form.
    private func fits(_ source: LogicalType, in target: LogicalType) -> Bool {
        switch (source, target) {
        case (.number(let p, let s), .number(let q, let r)): s == r && p <= q
        case (.varchar(let n), .varchar(let m)): n <= m || m >= LogicalType.maximumTextLength
        case (.binary(let n), .binary(let m)): n <= m
        default: source == target
        }
    }

    private func convert(_ expression: BoundExpression, to type: LogicalType, isTry: Bool) -> BoundExpression {
        let source = expression.type
        if source == type { return expression }
        if case .constant(let constant) = expression {
            if constant.isNull { return .constant(.null(type)) }
            if let retyped = retyped(constant, to: type) { return .constant(retyped) }
        }
        if let lowered = numberToTimestamp(expression, type) { return fold(lowered) }
        switch (source, type) {
        case (.float, _) where type.isTimestamp:
            return convert(.cast(expression, to: .number(precision: 38, scale: 9), isTry: isTry), to: type,
                isTry: isTry)
        default:
            return fold(.cast(expression, to: type, isTry: isTry))
        }
    }

    /// A constant whose value is the same in the wider type.
    private func retyped(_ constant: Constant, to type: LogicalType) -> Constant? {
        if fits(constant.type, in: type) { return Constant(constant.value, type) }
        switch (constant.type, type, constant.value) {
        case (.number(_, let s), .number(let p, let r), .integer(let value)):
            guard r >= s, let scaled = DecimalArithmetic.rescale(value, from: s, to: r),
                  DecimalArithmetic.fits(scaled, precision: p) else { return nil }
            return Constant(.integer(scaled), type)
        case (.number(_, let s), .float, .integer(let value)):
            return .float(DecimalArithmetic.double(value, scale: s))
        default:
            return nil
        }
    }

    /// A number is seconds since the epoch.
    private func numberToTimestamp(_ expression: BoundExpression, _ type: LogicalType) -> BoundExpression? {
        guard case .number = expression.type else { return nil }
        let zero = BoundExpression.constant(.integer(0))
        switch type {
        case .timestampNTZ: return .call("TO_TIMESTAMP_NTZ", [expression, zero], type)
        case .timestampLTZ: return .call("TO_TIMESTAMP_LTZ", [expression, zero], type)
        case .timestampTZ: return .call("TO_TIMESTAMP_TZ", [expression, zero], type)
        default: return nil
        }
    }
}
