import WarehouseBasics
import WarehouseSQL

/// One column of a row type.
public struct RowColumn: Hashable, Sendable {
    /// As stored: upper case unless quoted.
    public var name: String
    /// The property, with those of the rows around it: `rating.userId`.
    public var property: String
    /// The SQL type of its Swift type.
    public var type: LogicalType
    /// Whether its Swift type is optional.
    public var isNullable: Bool
}

/// The columns of a row type in their order, worked out once per type and naming.
struct RowLayout: Sendable {
    var columns: [RowColumn]
    /// Why the type cannot be a row; nothing else of it may be used then.
    var problem: String?

    private static let known = Lock<[Key: RowLayout]>([:])
    private struct Key: Hashable {
        var type: ObjectIdentifier
        var naming: ColumnNaming
    }

    static func of<R: Row>(_ type: R.Type, naming: ColumnNaming) -> RowLayout {
        let key = Key(type: ObjectIdentifier(type), naming: naming)
        if let layout = known.withLock({ $0[key] }) { return layout }
        let layout = make(type, naming: naming)
        known.withLock { $0[key] = layout }
        return layout
    }

    /// Builds a row whose columns are named by their number, then gives each the name of the property that holds it.
    private static func make<R: Row>(_ type: R.Type, naming: ColumnNaming) -> RowLayout {
        let reader = RowReader(alias: nil, names: nil)
        let row: R
        do {
            row = try R(from: reader)
        } catch {
            return RowLayout(columns: [], problem: "\(type): \(reader.fault ?? "a Row holds only Expr and Row")")
        }
        var layout = RowLayout(columns: [])
        layout.collect(row, prefix: "", naming: naming, keys: reader.keys)
        if layout.problem == nil, layout.columns.count != reader.keys.count {
            layout.problem = "\(type): \(reader.keys.count) columns are listed by its coding keys, "
                + "\(layout.columns.count) by its properties; every property needs a coding key"
        }
        if layout.problem == nil, let twice = firstRepeated(layout.columns.map(\.name)) {
            layout.problem = "\(type): two columns are named \(Identifiers.quoted(twice))"
        }
        return layout
    }

    private mutating func collect<R: Row>(_ row: R, prefix: String, naming: ColumnNaming, keys: [String]) {
        var overrides: [Int: String] = [:]
        for (path, written) in R.names {
            guard let index = RowLayout.index(row[keyPath: path]) else {
                problem = "\(R.self): names may only name its own Expr columns, but one is \(path)"
                return
            }
            overrides[index] = ColumnNaming.stored(written)
        }
        for child in Mirror(reflecting: row).children {
            let label = child.label ?? "?"
            if let nested = child.value as? any Row {
                collect(nested, prefix: prefix + label + ".", naming: naming, keys: keys)
            } else if let index = RowLayout.index(child.value), index == columns.count,
                      let column = child.value as? any AnyExpr {
                let explicit = keys[index] == label ? nil : naming.columnName(ofKey: keys[index])
                columns.append(RowColumn(
                    name: overrides[index] ?? explicit ?? naming.columnName(of: label), property: prefix + label,
                    type: Swift.type(of: column).logicalType, isNullable: Swift.type(of: column).isNullable))
            } else if !(child.value is HistoryEnd) {
                problem = problem ?? "\(R.self).\(label): coding keys must list the properties in their order"
                return
            }
        }
    }

    /// The number of a column that a reader without names made.
    private static func index(_ value: Any) -> Int? {
        guard let column = value as? any AnyExpr, case .column(let parts) = column.tree.kind, parts.count == 1
        else { return nil }
        return Int(parts[0].name)
    }

    private static func firstRepeated(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }
}

extension Row {
    /// The columns in their order.
    static func layout(_ naming: ColumnNaming) -> RowLayout { RowLayout.of(Self.self, naming: naming) }

    /// The row of references to the columns of the relation that goes by `alias`.
    static func reference(alias: String, naming: ColumnNaming) -> Self {
        let layout = layout(naming)
        do {
            if let problem = layout.problem { preconditionFailure(problem) }
            return try Self(from: RowReader(alias: alias, names: layout.columns.map(\.name), naming: naming))
        } catch {
            preconditionFailure("\(Self.self) could be read for its layout but not for a reference")
        }
    }

    /// The expressions in the order of the columns.
    var trees: [Expression] {
        var result: [Expression] = []
        for child in Mirror(reflecting: self).children {
            if let nested = child.value as? any Row { result += nested.trees }
            else if let column = child.value as? any AnyExpr { result.append(column.tree) }
        }
        return result
    }

    /// The SQL type of the column behind a key path; nil when it leads to anything but one of its columns.
    static func columnType(_ path: PartialKeyPath<Self>) -> LogicalType? {
        (reference(alias: "", naming: .snakeCase)[keyPath: path] as? any AnyExpr).map { Swift.type(of: $0).logicalType }
    }

    /// The stored name of the column behind a key path; nil when it leads to anything but one of its columns.
    package static func columnName(_ path: PartialKeyPath<Self>, naming: ColumnNaming) -> String? {
        let row = reference(alias: "", naming: naming)
        guard let column = row[keyPath: path] as? any AnyExpr, case .column(let parts) = column.tree.kind else {
            return nil
        }
        return parts.last?.name
    }
}
