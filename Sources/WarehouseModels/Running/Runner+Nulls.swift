import WarehouseBasics
import WarehouseSQL

extension Runner {
    /// Warns of sources with NULLs in columns that their rows declare without `?`: the compiler then takes for certain what
    /// is not so. Counts of NULLs are kept with tables, so that nothing is read for it; views are left out.
    func warnOfNulls(readBy nodes: [Node]) throws {
        var seen: Set<String> = []
        for node in nodes {
            for id in node.dependencies where seen.insert(id).inserted {
                guard let source = graph[id], source.kind == .source, let name = source.relation,
                      let relation = try target.relation(name), !relation.isView else { continue }
                let columns = source.columns.filter { column in
                    !column.isNullable && relation.columns.contains { $0.name == column.name && $0.isNullable }
                }
                for (column, count) in try nulls(in: columns, of: name) {
                    let nulls = Console.counted(count, "NULL")
                    let text = "\(source.name).\(column.name.lowercased()) holds \(nulls), but is declared without '?': "
                        + "declare it Expr<…?>, or keep NULLs out of \(name)"
                    console.emit(ConsoleEvent("JinjaLogWarning", "I063", "[WARNING]: " + text, level: .warn))
                }
            }
        }
    }

    private func nulls(in columns: [NodeColumn], of name: ObjectName) throws -> [(NodeColumn, Int)] {
        guard !columns.isEmpty else { return [] }
        let items = columns.enumerated().map { index, column in
            let count = SyntaxTree.call("COUNT", SyntaxTree.column(column.name))
            return (SyntaxTree.binary(.subtract, SyntaxTree.countStar, count), as: "NULLS_\(index)")
        }
        let select = SyntaxTree.select(items, from: [SyntaxTree.table(Lowering.reference(name))])
        let row = try target.rows(of: WarehouseSQL.Query(body: .select(select))).rows.first ?? []
        return zip(columns, row).compactMap { column, text in
            guard let count = text.flatMap({ Int($0) }), count > 0 else { return nil }
            return (column, count)
        }
    }
}
