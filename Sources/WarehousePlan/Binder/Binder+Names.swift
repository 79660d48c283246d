import WarehouseBasics
import WarehouseSQL

extension Binder {
    func bindName(_ expression: Expression, _ context: ExpressionContext) throws -> BoundExpression {
        switch expression.kind {
        case .column(let parts): return try bindColumn(parts, at: expression.span, context)
        case .identifier(let source):
            return try bindColumn(try identifiers(source, at: expression.span), at: expression.span, context)
        case .fileColumn(let qualifier, let index):
            return try bindFileColumn(qualifier.map(\.name), index, at: expression.span, context)
        default: throw WarehouseError(.internalFault, "Not a name.")
        }
    }

    /// A column of this query, an alias of its select list, or a column of a query around it.
    private func bindColumn(_ parts: [Identifier], at span: SourceSpan, _ context: ExpressionContext) throws
        -> BoundExpression {
        let name = parts[parts.count - 1].name
        let qualifier = parts.dropLast().map(\.name)
        let seesAliases = qualifier.isEmpty && context.clause.seesAliases
        if seesAliases, context.clause.prefersAliases,
           let aliased = try context.select?.alias(name, in: context, binder: self) {
            return aliased
        }
        switch context.scope.lookUp(name, qualifier: qualifier) {
        case .found(let expression): return expression
        case .ambiguous:
            guard qualifier.isEmpty, context.clause == .orderBy,
                  let output = try context.select?.output(name, binder: self) else { throw Self.ambiguous(parts) }
            return output
        case .missing:
            // `SELECT * RENAME a AS b … ORDER BY b`
            if qualifier.isEmpty, context.clause == .orderBy,
               let output = try context.select?.output(name, binder: self) { return output }
        }
        if seesAliases, !context.clause.prefersAliases,
           let aliased = try context.select?.alias(name, in: context, binder: self) {
            return aliased
        }
        if qualifier.isEmpty, let expression = context.joinAliases[name] {
            return try bindJoinAlias(name, expression, context)
        }
        var scope = context.scope.parent
        while let current = scope {
            switch current.lookUp(name, qualifier: qualifier) {
            case .found(let expression): return expression
            case .ambiguous: throw Self.ambiguous(parts)
            case .missing: scope = current.parent
            }
        }
        if let next = try bindNextValue(parts, at: span, context) { return next }
        throw invalidIdentifier(parts, at: span, context)
    }

    /// The expression that an alias of the select list stands for in ON. Other aliases in it are found too, not itself.
    private func bindJoinAlias(_ name: String, _ expression: Expression, _ context: ExpressionContext) throws
        -> BoundExpression {
        let inner = ExpressionContext(scope: context.scope, tables: context.tables, clause: .on, sink: context.sink)
        inner.joinAliases = context.joinAliases
        inner.joinAliases[name] = nil
        return try nested { try bindExpression(expression, inner) }
    }

    private static func ambiguous(_ parts: [Identifier]) -> WarehouseError {
        WarehouseError(.ambiguousColumn, "ambiguous column name '\(written(parts))'")
    }

    /// The name as messages show it: unquoted parts folded, the others in quotes.
    static func written(_ parts: [Identifier]) -> String { parts.map(\.description).joined(separator: ".") }

    private func invalidIdentifier(_ parts: [Identifier], at span: SourceSpan, _ context: ExpressionContext)
        -> WarehouseError {
        let name = parts[parts.count - 1].name
        let candidates = context.scope.columnNames + (context.select?.aliases ?? [])
        return CompilationError.make(.invalidIdentifier, "invalid identifier '\(Self.written(parts))'", at: span,
                                     hint: Identifiers.hint(for: name, in: Set(candidates)))
    }

    private func bindFileColumn(_ qualifier: [String], _ index: Int, at span: SourceSpan,
                                _ context: ExpressionContext) throws -> BoundExpression {
        var scope: Scope? = context.scope
        while let current = scope {
            if let column = current.position(index, qualifier: qualifier) { return .column(column) }
            scope = current.parent
        }
        let name = (qualifier + ["$\(index)"]).joined(separator: ".")
        throw CompilationError.make(.invalidIdentifier, "invalid identifier '\(name)'", at: span)
    }

    /// The parts of `IDENTIFIER(…)`.
    func identifiers(_ source: IdentifierSource, at span: SourceSpan) throws -> [Identifier] {
        switch source {
        case .text(let text): return try Parser.parseObjectName(text)
        case .variable(let name):
            try refuseChosenName(at: span)
            guard let value = catalog.variable(name) else {
                throw CompilationError.make(.missingVariable, "Session variable '$\(name)' does not exist", at: span)
            }
            return try Parser.parseObjectName(try text(value, at: span))
        case .parameter(let parameter):
            try refuseChosenName(at: span)
            return try Parser.parseObjectName(try text(try parameters.value(of: parameter), at: span))
        }
    }

    private func text(_ constant: Constant, at span: SourceSpan) throws -> String {
        guard constant.type.isText, case .bytes(let bytes) = constant.value else {
            throw CompilationError.make(.invalidIdentifier, "IDENTIFIER needs a text", at: span)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The folded parts of an object's name.
    func parts(_ reference: ObjectReference) throws -> [String] {
        switch reference.kind {
        case .name(let parts): return parts.map(\.name)
        case .computed(let source): return try identifiers(source, at: reference.span).map(\.name)
        }
    }
}
