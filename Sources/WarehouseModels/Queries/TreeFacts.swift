import WarehousePlan
import WarehouseSQL

/// A place for what a walk over a tree finds.
final class Collected<Element> {
    var elements: [Element] = []
}

/// What can be read off a syntax tree without binding it.
enum TreeFacts {
    /// Whether the expression is itself a call of an aggregate function, not over a window.
    static func isAggregate(_ tree: Expression) -> Bool {
        guard case .function(let call) = tree.kind, call.over == nil, let name = call.simpleName else { return false }
        return AggregateFunctions.function(named: name) != nil
    }

    /// Whether an aggregate stands anywhere in it, subqueries apart.
    static func containsAggregate(_ tree: Expression) -> Bool {
        let found = Collected<Bool>()
        visit(tree) { part in
            if isAggregate(part) { found.elements.append(true) }
            return found.elements.isEmpty
        }
        return !found.elements.isEmpty
    }

    /// Calls `visitor` for the expression and all below it, not into subqueries; false leaves out what is below.
    static func visit(_ tree: Expression, _ visitor: @escaping (Expression) -> Bool) {
        var rewriter = TreeRewriter(expression: { part in
            guard visitor(part) else { return part }
            switch part.kind {
            case .subquery, .exists: return part
            case .inSubquery(let operand, _, _):
                visit(operand, visitor)
                return part
            case .quantified(let comparison):
                visit(comparison.left, visitor)
                return part
            default: return nil
            }
        })
        _ = rewriter.rewrite(tree) as Expression
    }

    /// The qualifiers of its columns that stand for relations, without those that its own subqueries bring along.
    static func aliases(in tree: Expression) -> Set<String> {
        let used = Collected<String>()
        let own = Collected<String>()
        var rewriter = TreeRewriter(
            column: { parts in
                if let alias = relationAlias(parts) { used.elements.append(alias) }
                return parts
            },
            alias: { alias in
                own.elements.append(alias.name)
                return alias
            })
        _ = rewriter.rewrite(tree) as Expression
        return Set(used.elements).subtracting(own.elements)
    }

    /// The alias that qualifies a column, when it is one of ours.
    static func relationAlias(_ parts: [Identifier]) -> String? {
        guard parts.count == 2, RelationAlias.name(parts[0].name) != nil else { return nil }
        return parts[0].name
    }

    /// Messages of raw SQL in it that does not parse.
    static func faults(in tree: Expression) -> [String] {
        let found = Collected<String>()
        visit(tree) { part in
            if let message = FragmentFault.message(in: part) { found.elements.append(message) }
            return true
        }
        return found.elements
    }

    /// The first column in it that is neither a key of the grouping nor inside an aggregate.
    static func ungroupedColumn(_ tree: Expression, keys: Set<Expression>) -> [Identifier]? {
        let found = Collected<[Identifier]>()
        visit(tree) { part in
            if keys.contains(part) || isAggregate(part) { return false }
            if case .column(let parts) = part.kind, relationAlias(parts) != nil { found.elements.append(parts) }
            return found.elements.isEmpty
        }
        return found.elements.first
    }

    /// The relations that a query's tree reads, in the order met.
    static func dependencies(of query: WarehouseSQL.Query) -> [any Relation.Type] {
        let found = Collected<any Relation.Type>()
        var rewriter = TreeRewriter(relation: { reference in
            if let (type, isThis) = RelationReference.relation(reference), !isThis,
               !found.elements.contains(where: { $0 == type }) { found.elements.append(type) }
            return reference
        })
        _ = rewriter.rewrite(query)
        return found.elements
    }
}
