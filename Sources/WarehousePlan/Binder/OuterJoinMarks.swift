import WarehouseBasics
import WarehouseSQL

/// Outer joins in the old way of writing: `FROM a, b WHERE a.x = b.x(+)` is `FROM a LEFT JOIN b ON a.x = b.x`.
struct OuterJoinMarks {
    /// The SELECT with its marked conditions moved into joins; the same when nothing is marked.
    static func resolved(_ statement: SelectStatement) throws -> SelectStatement {
        guard let filter = statement.filter else { return statement }
        let terms: [Expression]
        if case .logical(.and, let operands) = filter.kind { terms = operands } else { terms = [filter] }
        let marked = terms.filter { !qualifiers(of: $0, marked: true).isEmpty }
        guard !marked.isEmpty else { return statement }
        var result = statement
        let plain = terms.filter { qualifiers(of: $0, marked: true).isEmpty }
        result.filter = plain.count > 1 ? Expression(.logical(.and, plain), span: filter.span) : plain.first
        result.from = try joined(statement.from, marked)
        return result
    }

    /// Puts the relations in the order in which FROM lists them, which is that of `*`.
    static func restoreOrder(of result: inout FromResult, as items: [TableExpression]) {
        let names = items.map(name)
        let places = result.relations.map { relation in names.firstIndex { $0 == relation.qualifier.last } }
        guard places.count == names.count, !places.contains(nil) else { return }
        let order = places.indices.sorted { (places[$0] ?? 0, $0) < (places[$1] ?? 0, $1) }
        result.relations = order.map { result.relations[$0] }
    }

    /// The names that qualify columns with, or without, a mark.
    private static func qualifiers(of expression: Expression, marked: Bool) -> Set<String> {
        var found: Set<String> = []
        var inside: [Expression] = []
        var walk = SyntaxWalk()
        walk.visit = { part in
            guard case .outerJoinMark(let operand) = part.kind else { return }
            inside.append(operand)
            found.insert(qualifier(operand))
        }
        walk.walk(expression)
        guard !marked else { return found }
        var others: Set<String> = []
        walk.visit = { part in
            guard case .column(let parts) = part.kind, parts.count > 1, !inside.contains(part) else { return }
            others.insert(qualifier(part))
        }
        walk.walk(expression)
        return others
    }

    private static func qualifier(_ column: Expression) -> String {
        guard case .column(let parts) = column.kind, parts.count > 1 else { return "" }
        return parts[parts.count - 2].name
    }

    private static func name(_ item: TableExpression) -> String {
        if let alias = item.alias { return alias.name.name }
        if case .table(let reference, _) = item.kind, let parts = reference.parts { return parts.last?.name ?? "" }
        return ""
    }

    /// The items of FROM, those that marks name joined to the others.
    private static func joined(_ items: [TableExpression], _ terms: [Expression]) throws -> [TableExpression] {
        var conditions: [String: [Expression]] = [:]
        for term in terms {
            let names = qualifiers(of: term, marked: true)
            guard names.count == 1, let name = names.first, !name.isEmpty else {
                throw CompilationError.unsupported("(+) on columns of several tables, or without a table's name",
                                                   at: term.span)
            }
            conditions[name, default: []].append(unmarked(term))
        }
        var base = items.filter { conditions[name($0)] == nil }
        var open = items.filter { conditions[name($0)] != nil }
        guard var left = base.first, open.count == conditions.count else {
            throw CompilationError.unsupported("(+) on this list of tables", at: terms[0].span)
        }
        base.removeFirst()
        for item in base {
            left = TableExpression(kind: .join(Join(kind: .cross, left: left, right: item)), span: left.span)
        }
        var known = Set(items.map(name)).subtracting(open.map(name))
        while !open.isEmpty {
            // A table is joined after those that its conditions name.
            guard let next = open.firstIndex(where: { item in
                conditions[name(item), default: []].allSatisfy {
                    qualifiers(of: $0, marked: false).subtracting([name(item)]).isSubset(of: known)
                }
            }) else { throw CompilationError.unsupported("(+) in a circle of tables", at: terms[0].span) }
            let item = open.remove(at: next)
            let parts = conditions[name(item), default: []]
            let condition = parts.count > 1 ? Expression(.logical(.and, parts), span: parts[0].span) : parts[0]
            left = TableExpression(kind: .join(Join(kind: .left, left: left, right: item, condition: .on(condition))),
                                   span: left.span)
            known.insert(name(item))
        }
        return [left]
    }

    /// The condition without marks.
    private static func unmarked(_ expression: Expression) -> Expression {
        var result = expression
        switch expression.kind {
        case .outerJoinMark(let operand): return operand
        case .binary(let op, let a, let b): result.kind = .binary(op, unmarked(a), unmarked(b))
        case .isNull(let a, let negated): result.kind = .isNull(unmarked(a), isNegated: negated)
        case .between(let a, let b, let c, let negated):
            result.kind = .between(unmarked(a), low: unmarked(b), high: unmarked(c), isNegated: negated)
        case .inList(let a, let list, let negated):
            result.kind = .inList(unmarked(a), list.map(unmarked), isNegated: negated)
        case .cast(var cast):
            cast.operand = unmarked(cast.operand)
            result.kind = .cast(cast)
        case .concatenation(let parts): result.kind = .concatenation(parts.map(unmarked))
        case .function(var call):
            call.arguments = call.arguments.map {
                if case .expression(let argument) = $0 { .expression(unmarked(argument)) } else { $0 }
            }
            result.kind = .function(call)
        default: break
        }
        return result
    }
}
