import WarehouseBasics
import WarehouseSQL

/// A column that names may find.
struct ScopeColumn {
    let name: String
    var column: PlanColumn
    /// Absent from `*`, such as METADATA$FILENAME.
    var isHidden = false
    /// One of a pair joined by USING or NATURAL: found with its qualifier, else through the merged column.
    var isMerged = false
}

/// One item of FROM: what qualifies its columns, and the columns.
struct ScopeRelation {
    /// `[alias]`, or database, schema and name; empty when nothing qualifies them.
    var qualifier: [String]
    var columns: [ScopeColumn]

    func matches(_ written: [String]) -> Bool {
        written.count <= qualifier.count && Array(qualifier.suffix(written.count)) == written
    }
}

/// A column that USING or NATURAL made of two.
struct MergedColumn {
    let name: String
    let expression: BoundExpression
}

/// The names that expressions of one SELECT may use, and those of the queries around it.
final class Scope {
    let parent: Scope?
    var relations: [ScopeRelation]
    var merged: [MergedColumn]
    /// What CONNECT BY gives expressions beside columns.
    var hierarchy: Hierarchy?

    init(parent: Scope?, relations: [ScopeRelation] = [], merged: [MergedColumn] = []) {
        self.parent = parent
        self.relations = relations
        self.merged = merged
    }

    enum Lookup {
        case found(BoundExpression)
        case ambiguous
        case missing
    }

    /// Looks `name` up here, not in the parents.
    func lookUp(_ name: String, qualifier: [String]) -> Lookup {
        if qualifier.isEmpty, let merged = merged.first(where: { $0.name == name }) { return .found(merged.expression) }
        var result: PlanColumn?
        for relation in relations where qualifier.isEmpty || relation.matches(qualifier) {
            for column in relation.columns where column.name == name && !(qualifier.isEmpty && column.isMerged) {
                if result != nil { return .ambiguous }
                result = column.column
            }
        }
        return result.map { .found(.column($0)) } ?? .missing
    }

    /// `$n`, from 1: the n-th visible column of the only relation, or of the one that `qualifier` names.
    func position(_ index: Int, qualifier: [String]) -> PlanColumn? {
        let candidates = relations.filter { qualifier.isEmpty || $0.matches(qualifier) }
        guard candidates.count == 1 else { return nil }
        let visible = candidates[0].columns.filter { !$0.isHidden }
        return visible.indices.contains(index - 1) ? visible[index - 1].column : nil
    }

    /// Every name that could have been meant, for hints.
    var columnNames: [String] {
        relations.flatMap { $0.columns.map(\.name) } + merged.map(\.name) + (parent?.columnNames ?? [])
    }

    /// How messages call a column: with the name of its relation.
    func describe(_ column: PlanColumn) -> String {
        for relation in relations where relation.columns.contains(where: { $0.column.id == column.id }) {
            return (relation.qualifier.suffix(1) + [column.name]).joined(separator: ".")
        }
        return column.name
    }
}

/// A plan and the names of its columns.
struct FromResult {
    var plan: LogicalPlan
    var relations: [ScopeRelation]
    var merged: [MergedColumn] = []
    var hierarchy: Hierarchy?

    func scope(parent: Scope?) -> Scope {
        let scope = Scope(parent: parent, relations: relations, merged: merged)
        scope.hierarchy = hierarchy
        return scope
    }

    /// The same columns, which may now be NULL: the side of an outer join that may have no match.
    var madeNullable: FromResult {
        var copy = self
        for index in copy.relations.indices {
            for position in copy.relations[index].columns.indices {
                copy.relations[index].columns[position].column.isNullable = true
            }
        }
        copy.merged = merged.map { MergedColumn(name: $0.name, expression: $0.expression.madeNullable) }
        return copy
    }
}

extension BoundExpression {
    /// The same expression over columns that may be NULL.
    var madeNullable: BoundExpression {
        mapped { expression in
            guard case .column(var column) = expression else { return expression }
            column.isNullable = true
            return .column(column)
        }
    }
}
