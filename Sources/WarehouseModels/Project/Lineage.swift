import WarehouseBasics
import WarehouseSQL

/// A column of a node.
public struct ColumnReference: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The node's id.
    public var node: String
    /// As stored.
    public var column: String

    /// Takes the node's id and the column's stored name.
    public init(node: String, column: String) {
        self.node = node
        self.column = column
    }

    public var description: String { "\(node).\(column)" }
    public static func < (left: ColumnReference, right: ColumnReference) -> Bool {
        (left.node, left.column) < (right.node, right.column)
    }
}

/// Where the columns of a node come from.
public struct NodeLineage: Hashable, Sendable {
    /// For each output column, the columns that its values are computed from.
    public var columns: [String: Set<ColumnReference>]
    /// Columns that decide which rows there are: of filters, joins, groupings, windows' conditions and orders.
    public var conditions: Set<ColumnReference>
}

extension ProjectGraph {
    /// Where the columns of a node come from, one step up, read off its query: through subqueries, joins and filters.
    /// Of sources and seeds nothing.
    public func lineage(of node: Node) -> NodeLineage {
        let query: WarehouseSQL.Query? = switch node.content {
        case .source, .seed, .unitTest, .exposure, .operation: nil
        case .model(let model): model.full.tree
        case .snapshot(let snapshot): snapshot.query.tree
        case .test(let test): test.query
        case .analysis(let query): query.tree
        }
        guard let query else { return NodeLineage(columns: [:], conditions: []) }
        let reader = LineageReader(graph: self)
        let (outputs, _) = reader.outputs(of: query, in: [:])
        var columns: [String: Set<ColumnReference>] = [:]
        for output in outputs { columns[output.name, default: []].formUnion(output.sources) }
        return NodeLineage(columns: columns, conditions: reader.conditions)
    }

    /// All columns that a column comes from, directly or not, as far as the sources and seeds.
    public func origins(of column: ColumnReference) -> Set<ColumnReference> {
        var found: Set<ColumnReference> = []
        var open = [column]
        while let next = open.popLast() {
            guard let node = self[next.node] else { continue }
            for source in lineage(of: node).columns[next.column] ?? [] where found.insert(source).inserted {
                open.append(source)
            }
        }
        return found
    }
}

/// Follows columns through a query's tree.
private final class LineageReader {
    struct Output {
        var name: String
        var sources: Set<ColumnReference>
    }
    /// What stands in FROM under an alias.
    struct Item {
        var outputs: [Output]
        /// For what a relation of unknown columns gives: every column comes from these.
        var fallback: Set<ColumnReference> = []

        func sources(of column: String) -> Set<ColumnReference>? {
            if let output = outputs.first(where: { $0.name == column }) { return output.sources }
            return outputs.isEmpty ? fallback : nil
        }
    }
    typealias Scope = [String: Item]

    let graph: ProjectGraph
    var conditions: Set<ColumnReference> = []
    private var tables: [String: Item] = [:]

    init(graph: ProjectGraph) { self.graph = graph }

    func outputs(of query: WarehouseSQL.Query, in outer: Scope) -> (outputs: [Output], scope: Scope) {
        for table in query.with?.tables ?? [] {
            var outputs = outputs(of: table.query, in: outer).outputs
            for (index, name) in table.columns.enumerated() where outputs.indices.contains(index) {
                outputs[index].name = name.name
            }
            tables[table.name.name] = Item(outputs: outputs)
        }
        let (result, scope) = outputs(of: query.body, in: outer)
        if case .items(let items)? = query.orderBy {
            for item in items { conditions.formUnion(sources(of: item.expression, in: scope)) }
        }
        return (result, scope)
    }

    private func outputs(of body: QueryBody, in outer: Scope) -> (outputs: [Output], scope: Scope) {
        switch body {
        case .select(let select): return outputs(of: select, in: outer)
        case .nested(let query): return outputs(of: query, in: outer)
        case .values(let rows):
            return ((rows.first ?? []).indices.map { Output(name: "COLUMN\($0 + 1)", sources: []) }, outer)
        case .setOperation(let operation):
            var result: [Output] = []
            for operand in operation.operands {
                let part = outputs(of: operand, in: outer).outputs
                if result.isEmpty { result = part; continue }
                for (index, output) in part.enumerated() where result.indices.contains(index) {
                    result[index].sources.formUnion(output.sources)
                }
            }
            return (result, outer)
        }
    }

    private func outputs(of select: SelectStatement, in outer: Scope) -> (outputs: [Output], scope: Scope) {
        var own: [(String, Item)] = []
        for table in select.from { add(table, to: &own, outer) }
        let scope = outer.merging(own) { $1 }
        var result: [Output] = []
        for item in select.items {
            switch item {
            case .expression(let selected):
                result.append(Output(
                    name: selected.columnName, sources: sources(of: selected.expression, in: scope)))
            case .star(let star):
                for (alias, item) in own where star.qualifier.isEmpty || star.qualifier.last?.name == alias {
                    result += item.outputs
                }
            }
        }
        var others = [select.filter, select.having, select.qualify].compactMap { $0 }
        if case .elements(let elements)? = select.groupBy {
            for case .expression(let key) in elements { others.append(key) }
        }
        for tree in others { conditions.formUnion(sources(of: tree, in: scope)) }
        return (result, scope)
    }

    private func add(_ table: TableExpression, to own: inout [(String, Item)], _ outer: Scope) {
        func scope() -> Scope { outer.merging(own) { $1 } }
        var item: Item
        var name: String?
        switch table.kind {
        case .table(let reference, _):
            item = relation(reference)
            name = reference.parts?.last?.name
        case .subquery(let query, _): item = Item(outputs: outputs(of: query, in: scope()).outputs)
        case .function(let call, _):
            let tree = Expression(.function(call))
            item = Item(outputs: [], fallback: sources(of: tree, in: scope()))
        case .join(let join):
            add(join.left, to: &own, outer)
            add(join.right, to: &own, outer)
            if case .on(let condition) = join.condition {
                conditions.formUnion(sources(of: condition, in: scope()))
            }
            return
        default: item = Item(outputs: [])
        }
        if let alias = table.alias {
            name = alias.name.name
            for (index, column) in alias.columns.enumerated() where item.outputs.indices.contains(index) {
                item.outputs[index].name = column.name
            }
        }
        own.append((name ?? "#\(own.count)", item))
    }

    private func relation(_ reference: ObjectReference) -> Item {
        if let (type, _) = RelationReference.relation(reference), let node = graph.node(of: type) {
            return Item(outputs: node.columns.map {
                Output(name: $0.name, sources: [ColumnReference(node: node.id, column: $0.name)])
            })
        }
        if let parts = reference.parts, parts.count == 1, let table = tables[parts[0].name] { return table }
        return Item(outputs: [])
    }

    private func sources(of tree: Expression, in scope: Scope) -> Set<ColumnReference> {
        let found = Collected<Set<ColumnReference>>()
        TreeFacts.visit(tree) { part in
            switch part.kind {
            case .column(let parts): found.elements.append(self.sources(ofColumn: parts.map(\.name), in: scope))
            case .subquery(let query), .exists(let query), .inSubquery(_, let query, _):
                found.elements += self.outputs(of: query, in: scope).outputs.map(\.sources)
            default: break
            }
            return true
        }
        return found.elements.reduce(into: []) { $0.formUnion($1) }
    }

    private func sources(ofColumn parts: [String], in scope: Scope) -> Set<ColumnReference> {
        guard let column = parts.last else { return [] }
        if parts.count > 1 { return scope[parts[parts.count - 2]]?.sources(of: column) ?? [] }
        for item in scope.values {
            if let sources = item.sources(of: column) { return sources }
        }
        return []
    }
}
