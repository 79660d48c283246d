import WarehouseBasics
import WarehouseSQL

/// Short ways to build the syntax that expressions and queries are made of.
enum SyntaxTree {
    /// A number from its text, which may begin with `-`.
    static func number(_ text: String) -> Expression {
        guard text.hasPrefix("-") else { return Expression(.literal(.number(text))) }
        return Expression(.unary(.minus, Expression(.literal(.number(String(text.dropFirst()))))))
    }

    static func text(_ value: String) -> Expression { Expression(.literal(.string(value))) }

    static let null = Expression(.literal(.null))

    static func column(_ parts: String...) -> Expression {
        Expression(.column(parts.map { Identifier(name: $0) }))
    }

    static func call(_ name: String, _ arguments: [Expression], isDistinct: Bool = false) -> Expression {
        Expression(.function(FunctionCall(
            name: ObjectReference([Identifier(name: name)]), arguments: arguments.map { .expression($0) },
            isDistinct: isDistinct)))
    }

    static func call(_ name: String, _ arguments: Expression...) -> Expression { call(name, arguments) }

    /// `COUNT(*)`.
    static let countStar = Expression(.function(FunctionCall(
        name: ObjectReference(["COUNT"]), arguments: [.star(StarItem())])))

    static func binary(_ op: BinaryOperator, _ left: Expression, _ right: Expression) -> Expression {
        Expression(.binary(op, left, right))
    }

    static func isNull(_ operand: Expression, negated: Bool = false) -> Expression {
        Expression(.isNull(operand, isNegated: negated))
    }

    /// AND or OR of any number of conditions, flattened as the parser does; nil of none.
    static func logical(_ op: LogicalOperator, _ operands: [Expression]) -> Expression? {
        var flat: [Expression] = []
        for operand in operands {
            if case .logical(op, let inner) = operand.kind { flat += inner } else { flat.append(operand) }
        }
        return flat.count < 2 ? flat.first : Expression(.logical(op, flat))
    }

    /// `a || b || …`, flattened.
    static func concatenation(_ operands: [Expression]) -> Expression {
        var flat: [Expression] = []
        for operand in operands {
            if case .concatenation(let inner) = operand.kind { flat += inner } else { flat.append(operand) }
        }
        return flat.count == 1 ? flat[0] : Expression(.concatenation(flat))
    }

    static func cast(_ operand: Expression, to type: LogicalType) -> Expression {
        Expression(.cast(CastExpression(operand: operand, type: typeName(type), isOperator: true)))
    }

    /// How a type is written in a cast or a column definition: VARCHAR rather than VARCHAR(16777216).
    static func typeName(_ type: LogicalType) -> TypeName {
        switch type {
        case .number(let precision, let scale):
            TypeName(name: "NUMBER", arguments: [.integer(precision), .integer(scale)])
        case .varchar(let length):
            length == LogicalType.maximumTextLength
                ? TypeName(name: "VARCHAR") : TypeName(name: "VARCHAR", arguments: [.integer(length)])
        case .binary: TypeName(name: "BINARY")
        case .float: TypeName(name: "FLOAT")
        case .boolean: TypeName(name: "BOOLEAN")
        case .date: TypeName(name: "DATE")
        case .time(let scale): time("TIME", scale)
        case .timestampNTZ(let scale): time("TIMESTAMP_NTZ", scale)
        case .timestampLTZ(let scale): time("TIMESTAMP_LTZ", scale)
        case .timestampTZ(let scale): time("TIMESTAMP_TZ", scale)
        case .variant: TypeName(name: "VARIANT")
        case .object: TypeName(name: "OBJECT")
        case .array: TypeName(name: "ARRAY")
        case .null: TypeName(name: "VARCHAR")
        }
    }

    private static func time(_ name: String, _ scale: Int) -> TypeName {
        scale == 9 ? TypeName(name: name) : TypeName(name: name, arguments: [.integer(scale)])
    }

    /// A SELECT of named expressions.
    static func select(
        _ items: [(Expression, as: String)], from: [TableExpression], where filter: Expression? = nil
    ) -> SelectStatement {
        SelectStatement(items: items.map { item($0.0, as: $0.1) }, from: from, filter: filter)
    }

    static func item(_ expression: Expression, as name: String) -> SelectItem {
        .expression(SelectExpression(expression: expression, alias: Identifier(name: name)))
    }

    static func table(_ name: ObjectReference, as alias: String? = nil) -> TableExpression {
        TableExpression(kind: .table(name, nil), alias: alias.map { TableAlias(name: Identifier(name: $0)) })
    }

    static func subquery(_ query: WarehouseSQL.Query, as alias: String) -> TableExpression {
        TableExpression(kind: .subquery(query, isLateral: false), alias: TableAlias(name: Identifier(name: alias)))
    }

    static func join(
        _ kind: Join.Kind, _ left: TableExpression, _ right: TableExpression, on condition: Expression? = nil
    ) -> TableExpression {
        TableExpression(kind: .join(Join(
            kind: kind, left: left, right: right, condition: condition.map { .on($0) } ?? .none)))
    }
}
