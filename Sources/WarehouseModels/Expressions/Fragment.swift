import WarehouseBasics
import WarehouseSQL

/// Raw SQL whose interpolations are expressions, conditions, values or relations, so that what it reads stays known.
/// ```swift
/// sql("DATEDIFF('day', \(a.openedAt), \(a.closedAt))", as: Int64?.self)
/// ```
public struct Fragment: ExpressibleByStringInterpolation, Sendable {
    /// The text between the interpolations, with `:E0`, `:E1`, … for expressions and `IDENTIFIER(:R0)` for relations.
    var text: String
    var expressions: [Expression]
    var relations: [ObjectReference]

    public init(stringLiteral value: String) {
        text = value
        expressions = []
        relations = []
    }

    public init(stringInterpolation: StringInterpolation) {
        text = stringInterpolation.text
        expressions = stringInterpolation.expressions
        relations = stringInterpolation.relations
    }

    /// Collects the parts of a fragment.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var expressions: [Expression] = []
        var relations: [ObjectReference] = []

        public init(literalCapacity: Int, interpolationCount: Int) {}

        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// An expression of the query.
        public mutating func appendInterpolation<V: SQLValue>(_ expression: Expr<V>) { append(expression.tree) }
        /// A condition.
        public mutating func appendInterpolation(_ condition: Predicate) { append(condition.tree) }
        /// A constant, written as SQL's literal of its type.
        public mutating func appendInterpolation<V: SQLValue>(value: V) { append(V.literal(value)) }
        /// The name of a relation, where a table may stand.
        public mutating func appendInterpolation<R: Relation>(_ relation: R.Type) {
            text += "IDENTIFIER(:R\(relations.count))"
            relations.append(RelationReference.reference(to: relation))
        }

        /// The name of an incremental model as it stands, in its own query: dbt's `this`, which is no dependency.
        public mutating func appendInterpolation<M: Model>(this model: M.Type) {
            text += "IDENTIFIER(:R\(relations.count))"
            relations.append(RelationReference.this(model))
        }
        /// Another fragment, in place.
        public mutating func appendInterpolation(_ fragment: Fragment) { appendInterpolation(fragment: fragment) }

        /// The name of a relation whose type is known when the program runs.
        mutating func appendInterpolation(relation: any Relation.Type) { appendInterpolation(relation) }
        /// A column by its stored name, unqualified.
        mutating func appendInterpolation(column name: String) { text += Fragment.quoted(name) }
        /// An expression's syntax.
        mutating func appendInterpolation(tree: Expression) { append(tree) }
        /// Words of SQL.
        mutating func appendInterpolation(raw words: String) { text += words }
        /// Another fragment, in place.
        mutating func appendInterpolation(fragment: Fragment) {
            text += fragment.renumbered(from: expressions.count, relations.count)
            expressions += fragment.expressions
            relations += fragment.relations
        }

        private mutating func append(_ tree: Expression) {
            text += ":E\(expressions.count)"
            expressions.append(tree)
        }
    }

    /// Literals, divided by commas.
    init(list: [Expression]) {
        text = list.indices.map { ":E\($0)" }.joined(separator: ", ")
        expressions = list
        relations = []
    }

    /// Columns by their stored names, divided by commas.
    init(columns: [String]) {
        text = columns.map(Fragment.quoted).joined(separator: ", ")
        expressions = []
        relations = []
    }

    /// Quoted always: a name may be a keyword.
    private static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The text with its places counted on from those that stand before it; what is in quotes stays as it is.
    private func renumbered(from expressionCount: Int, _ relationCount: Int) -> String {
        guard expressionCount + relationCount > 0, !(expressions.isEmpty && relations.isEmpty) else { return text }
        var result = ""
        var isQuoted = false
        var rest = Substring(text)
        while let character = rest.popFirst() {
            result.append(character)
            if character == "'" { isQuoted.toggle() }
            guard character == ":", !isQuoted, let kind = rest.first, kind == "E" || kind == "R" else { continue }
            let digits = rest.dropFirst().prefix { $0.isNumber }
            guard let number = Int(digits) else { continue }
            result += "\(kind)\(number + (kind == "E" ? expressionCount : relationCount))"
            rest = rest[digits.endIndex...]
        }
        return result
    }

    /// The fragment as an expression; one that does not parse becomes a tree that `problems()` reports.
    var expression: Expression {
        do {
            return filled(try Parser.parseExpression(text))
        } catch {
            return FragmentFault.tree(error.message, text: text)
        }
    }

    /// The fragment as a query.
    func query() throws(WarehouseError) -> WarehouseSQL.Query {
        var rewriter = filler
        return rewriter.rewrite(try Parser.parseQuery(text))
    }

    private func filled(_ tree: Expression) -> Expression {
        var rewriter = filler
        return rewriter.rewrite(tree)
    }

    private var filler: TreeRewriter {
        TreeRewriter(
            expression: { tree in
                guard case .parameter(.named(let name)) = tree.kind else { return nil }
                return Fragment.place("E", name, in: expressions)
            },
            relation: { reference in
                guard case .computed(.parameter(.named(let name))) = reference.kind else { return reference }
                return Fragment.place("R", name, in: relations) ?? reference
            })
    }

    private static func place<Element>(_ prefix: String, _ name: String, in elements: [Element]) -> Element? {
        guard name.hasPrefix(prefix), let index = Int(name.dropFirst()), elements.indices.contains(index)
        else { return nil }
        return elements[index]
    }
}

/// Raw SQL as an expression of the type that is asked for; nothing checks that it has it.
public func sql<V: SQLValue>(_ fragment: Fragment, as type: V.Type = V.self) -> Expr<V> {
    Expr(tree: fragment.expression)
}

/// Raw SQL as a condition.
public func sql(condition fragment: Fragment) -> Predicate { Predicate(tree: fragment.expression) }

/// How a fragment that does not parse stands in a tree until `problems()` reports it.
enum FragmentFault {
    private static let name = "#FAULT"

    static func tree(_ message: String, text: String) -> Expression {
        SyntaxTree.call(name, SyntaxTree.text("\(message) In: \(text)"))
    }

    /// The message of a faulty fragment.
    static func message(in tree: Expression) -> String? {
        guard case .function(let call) = tree.kind, call.simpleName == name,
              case .expression(let argument)? = call.arguments.first,
              case .literal(.string(let message)) = argument.kind else { return nil }
        return message
    }
}
