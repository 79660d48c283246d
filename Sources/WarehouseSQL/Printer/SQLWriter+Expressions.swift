import WarehouseBasics

extension ExpressionKind {
    /// How tightly its outermost operator binds, on the parser's scale; a primary is above all.
    var precedence: Int {
        switch self {
        case .lambda: 0
        case .logical(.or, _): Precedence.or
        case .logical(.and, _): Precedence.and
        case .unary(.not, _): Precedence.not
        case .unary: Precedence.sign
        case .binary(let symbol, _, _):
            switch symbol {
            case .add, .subtract: Precedence.additive
            case .multiply, .divide, .modulo: Precedence.multiplicative
            default: Precedence.comparison
            }
        case .isNull, .isBoolean, .between, .inList, .inSubquery, .patternMatch, .quantified:
            Precedence.comparison
        case .concatenation: Precedence.concatenation
        case .literal(.number(let digits)): digits.hasPrefix("-") ? Precedence.sign : Precedence.postfix + 1
        case .cast(let cast) where cast.isOperator && !cast.isTry: Precedence.postfix
        case .path, .element, .collate: Precedence.postfix
        default: Precedence.postfix + 1
        }
    }
}

extension SQLWriter {
    mutating func write(_ expression: Expression) { write(expression, 0) }

    /// In parentheses when it binds less tightly than `minimum`.
    mutating func write(_ expression: Expression, _ minimum: Int) {
        if expression.kind.precedence < minimum {
            write("(")
            write(expression.kind)
            write(")")
        } else {
            write(expression.kind)
        }
    }

    private mutating func write(_ kind: ExpressionKind) {
        switch kind {
        case .literal(let literal): write(literal)
        case .column(let parts): write(parts)
        case .identifier(let source):
            write("IDENTIFIER(")
            write(source)
            write(")")
        case .fileColumn(let qualifier, let index):
            write(qualifier)
            write((qualifier.isEmpty ? "$" : ".$") + String(index))
        case .variable(let name): write("$" + name)
        case .parameter(let parameter): write(parameter)
        case .defaultValue: write("DEFAULT")
        case .function(let call): write(call)
        case .conditional(let value): write(value)
        case .cast(let cast): write(cast)
        case .subquery(let query): writeParenthesized(query)
        case .exists(let query):
            write("EXISTS ")
            writeParenthesized(query)
        case .extract(let part, let operand):
            write("EXTRACT(" + (Identifiers.isPlain(part) ? part : "'\(part)'") + " FROM ")
            write(operand)
            write(")")
        case .array(let elements):
            write("[")
            list(elements) { $0.write($1) }
            write("]")
        case .object(let literal): write(literal)
        case .tuple(let elements): parenthesized(elements) { $0.write($1) }
        case .lambda(let lambda): write(lambda)
        default: writeOperator(kind)
        }
    }

    private mutating func writeOperator(_ kind: ExpressionKind) {
        switch kind {
        case .unary(let symbol, let operand): write(symbol, operand)
        case .binary(let symbol, let left, let right):
            let precedence = kind.precedence
            // Comparisons within comparisons are never left to the reader's knowledge of who binds first.
            write(left, symbol.isComparison ? precedence + 1 : precedence)
            write(" \(symbol.rawValue) ")
            write(right, precedence + 1)
        case .logical(let logical, let operands):
            let precedence = logical == .and ? Precedence.not : Precedence.and
            list(operands, separator: " \(logical.rawValue) ") { $0.write($1, precedence) }
        case .concatenation(let operands):
            list(operands, separator: " || ") { $0.write($1, Precedence.additive) }
        case .path(let base, let steps): write(base, steps)
        case .element(let base, let subscription):
            write(base, Precedence.postfix)
            write("[")
            write(subscription)
            write("]")
        case .collate(let operand, let collation):
            write(operand, Precedence.postfix)
            write(" COLLATE ")
            write(string: collation)
        case .outerJoinMark(let operand):
            write(operand, Precedence.postfix)
            write("(+)")
        default: writePredicate(kind)
        }
    }

    private mutating func write(_ symbol: UnaryOperator, _ operand: Expression) {
        switch symbol {
        case .minus, .plus:
            write(symbol.rawValue)
            // Two signs in a row would begin a comment.
            if case .unary = operand.kind {
                write("(")
                write(operand)
                write(")")
            } else {
                write(operand, Precedence.sign + (operand.kind.precedence == Precedence.sign ? 1 : 0))
            }
        case .not:
            write("NOT ")
            write(operand, Precedence.not)
        case .prior, .connectByRoot:
            write(symbol.rawValue + " ")
            write(operand, Precedence.sign)
        }
    }

    private mutating func writePredicate(_ kind: ExpressionKind) {
        switch kind {
        case .isNull(let operand, let isNegated):
            write(operand, Precedence.concatenation)
            write(isNegated ? " IS NOT NULL" : " IS NULL")
        case .isBoolean(let operand, let value, let isNegated):
            write(operand, Precedence.concatenation)
            write((isNegated ? " IS NOT " : " IS ") + (value ? "TRUE" : "FALSE"))
        case .between(let operand, let low, let high, let isNegated):
            write(operand, Precedence.concatenation)
            write(isNegated ? " NOT BETWEEN " : " BETWEEN ")
            write(low, Precedence.concatenation)
            write(" AND ")
            write(high, Precedence.concatenation)
        case .inList(let operand, let values, let isNegated):
            write(operand, Precedence.concatenation)
            write(isNegated ? " NOT IN " : " IN ")
            parenthesized(values) { $0.write($1) }
        case .inSubquery(let operand, let query, let isNegated):
            write(operand, Precedence.concatenation)
            write(isNegated ? " NOT IN " : " IN ")
            writeParenthesized(query)
        case .quantified(let comparison):
            write(comparison.left, Precedence.concatenation)
            write(" \(comparison.comparison.rawValue) \(comparison.quantifier.rawValue) ")
            writeParenthesized(comparison.query)
        case .patternMatch(let match): write(match)
        default: break
        }
    }

    private mutating func write(_ match: PatternMatch) {
        write(match.operand, Precedence.concatenation)
        write((match.isNegated ? " NOT " : " ") + match.matcher.rawValue + " ")
        switch match.patterns {
        case .one(let pattern): write(pattern, Precedence.concatenation)
        case .list(let quantifier, let patterns):
            write(quantifier.rawValue + " ")
            parenthesized(patterns) { $0.write($1) }
        case .subquery(let quantifier, let query):
            write(quantifier.rawValue + " ")
            writeParenthesized(query)
        }
        if let escape = match.escape {
            write(" ESCAPE ")
            write(escape, Precedence.concatenation)
        }
    }

    private mutating func write(_ value: CaseExpression) {
        write("CASE")
        if let operand = value.operand {
            write(" ")
            write(operand)
        }
        for branch in value.branches {
            write(" WHEN ")
            write(branch.condition)
            write(" THEN ")
            write(branch.result)
        }
        if let otherwise = value.otherwise {
            write(" ELSE ")
            write(otherwise)
        }
        write(" END")
    }

    private mutating func write(_ cast: CastExpression) {
        if cast.isOperator, !cast.isTry, dialect != .spark {
            write(cast.operand, Precedence.postfix)
            write("::")
            write(cast.type)
            return
        }
        write(cast.isTry ? "TRY_CAST(" : "CAST(")
        write(cast.operand)
        write(" AS ")
        write(cast.type)
        write(")")
    }

    private mutating func write(_ base: Expression, _ steps: [PathStep]) {
        write(base, Precedence.postfix)
        for (offset, step) in steps.enumerated() {
            switch step {
            case .member(let key):
                let isPlain = Identifiers.isPlain(Identifiers.folded(key)) && !key.isEmpty
                write((offset == 0 ? ":" : ".") + (isPlain ? key : quoted(key)))
            case .subscription(let subscription):
                write("[")
                write(subscription)
                write("]")
            }
        }
    }

    private mutating func write(_ literal: ObjectLiteral) {
        write("{")
        switch literal {
        case .entries(let entries):
            list(entries) { writer, entry in
                writer.write(entry.key)
                writer.write(": ")
                writer.write(entry.value)
            }
        case .star(let star): write(star)
        }
        write("}")
    }

    private mutating func write(_ lambda: LambdaExpression) {
        let writeParameter = { (writer: inout SQLWriter, parameter: LambdaParameter) in
            writer.write(parameter.name)
            if let type = parameter.type {
                writer.write(" ")
                writer.write(type)
            }
        }
        if lambda.parameters.count == 1 {
            writeParameter(&self, lambda.parameters[0])
        } else {
            parenthesized(lambda.parameters, writeParameter)
        }
        write(" -> ")
        write(lambda.body)
    }
}
