import WarehouseBasics
import WarehouseSQL

/// `*` and `t.*` as columns, with ILIKE, EXCLUDE, REPLACE and RENAME.
struct StarExpansion {
    let scope: Scope
    let star: StarItem

    /// A column of the result.
    struct Column {
        var name: String
        var expression: BoundExpression
    }

    /// The columns in order. `bind` binds the expressions of REPLACE.
    func expand(_ bind: (Expression) throws -> BoundExpression) throws -> [Column] {
        var columns = try visible()
        if let pattern = star.ilike { columns = columns.filter { LikePattern.matches($0.name, pattern) } }
        for name in star.exclude {
            guard columns.contains(where: { $0.name == name.name }) else { throw missing(name, columns) }
            columns.removeAll { $0.name == name.name }
        }
        for replacement in star.replace {
            guard let index = columns.firstIndex(where: { $0.name == replacement.column.name }) else {
                throw missing(replacement.column, columns)
            }
            columns[index].expression = try bind(replacement.expression)
        }
        for rename in star.rename {
            guard let index = columns.firstIndex(where: { $0.name == rename.column.name }) else {
                throw missing(rename.column, columns)
            }
            columns[index].name = rename.name.name
        }
        return columns
    }

    private func visible() throws -> [Column] {
        let qualifier = star.qualifier.map(\.name)
        let relations = scope.relations.filter { qualifier.isEmpty || $0.matches(qualifier) }
        guard !relations.isEmpty else {
            if qualifier.isEmpty {
                throw CompilationError.make(.syntax, "Cannot expand '*': there is no FROM clause", at: star.span)
            }
            throw CompilationError.make(.invalidIdentifier, "invalid identifier '\(Binder.written(star.qualifier))'",
                                        at: star.span,
                                        hint: Identifiers.hint(for: qualifier[qualifier.count - 1],
                                                               in: scope.relations.compactMap(\.qualifier.last)))
        }
        var columns: [Column] = []
        if qualifier.isEmpty {
            columns = scope.merged.map { Column(name: $0.name, expression: $0.expression) }
        }
        for relation in relations {
            for column in relation.columns where !column.isHidden && !(qualifier.isEmpty && column.isMerged) {
                columns.append(Column(name: column.name, expression: .column(column.column)))
            }
        }
        return columns
    }

    private func missing(_ name: Identifier, _ columns: [Column]) -> WarehouseError {
        CompilationError.make(.invalidIdentifier, "invalid identifier '\(name.description)'", at: name.span,
                              hint: Identifiers.hint(for: name.name, in: columns.map(\.name)))
    }
}

/// ILIKE over names, where no engine is at hand: `%` and `_`, without regard to ASCII case.
enum LikePattern {
    static func matches(_ text: String, _ pattern: String) -> Bool {
        let text = Array(Identifiers.folded(text).unicodeScalars)
        let pattern = Array(Identifiers.folded(pattern).unicodeScalars)
        var (i, j, star, mark) = (0, 0, -1, 0)
        while i < text.count {
            if j < pattern.count, pattern[j] == "%" {
                star = j
                mark = i
                j += 1
            } else if j < pattern.count, pattern[j] == "_" || pattern[j] == text[i] {
                i += 1
                j += 1
            } else if star >= 0 {
                mark += 1
                i = mark
                j = star + 1
            } else {
                return false
            }
        }
        return pattern[j...].allSatisfy { $0 == "%" }
    }
}
