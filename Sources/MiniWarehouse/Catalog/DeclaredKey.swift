import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// A PRIMARY KEY, UNIQUE or FOREIGN KEY as declared: kept and shown, not enforced.
struct DeclaredKey: Hashable, Sendable {
    enum Kind: String, Sendable {
        case primary = "P", unique = "U", foreign = "F"
    }

    var kind: Kind
    var name: String
    var columns: [String]
    /// Of a foreign key: database, schema and table that it refers to, and the columns there.
    var target: [String] = []
    /// That table, whatever it is called by now; nil in keys of earlier versions.
    var targetID: ObjectID?
    var targetColumns: [String] = []
    /// `ON UPDATE …` and `ON DELETE …` of a foreign key, without those words.
    var updateRule = "NO ACTION"
    var deleteRule = "NO ACTION"
    /// `MATCH …` of a foreign key, without that word.
    var matchOption = "FULL"
    /// Whether RELY was said.
    var isReliedOn = false
    /// Where the statement that declares it says so: for errors, not kept.
    @Unequated var span: SourceSpan = .none

    private static let attribute = "KEYS"
    private static let partSeparator: Character = "\u{1E}", nameSeparator: Character = "\u{1F}"

    /// The keys that a table has declared, in the order they were.
    static func all(of table: CatalogEntry) -> [DeclaredKey] {
        (table.attributes[attribute]?.list ?? []).compactMap(DeclaredKey.init(encoded:))
    }

    /// Whether a table has declared a foreign key, told without taking its keys apart.
    static func hasForeign(_ table: CatalogEntry) -> Bool {
        let mark = Kind.foreign.rawValue.utf8.first
        return table.attributes[attribute]?.list?.contains { $0.utf8.first == mark } == true
    }

    /// The same without foreign keys to a table that is gone, each with the name that the other table has.
    static func standing(of table: CatalogEntry, in catalog: CatalogState) -> [DeclaredKey] {
        all(of: table).compactMap { key in
            guard key.kind == .foreign else { return key }
            guard let other = key.targetEntry(in: catalog) else { return nil }
            let place = catalog.fullName(other)
            var key = key
            key.target = [place.database, place.schema, place.name]
            return key
        }
    }

    /// The table that a foreign key refers to.
    func targetEntry(in catalog: CatalogState) -> CatalogEntry? {
        if let targetID { return catalog.entries[targetID] }
        guard target.count == 3, let database = catalog.find(.database, target[0], in: nil),
              let schema = catalog.find(.schema, target[1], in: database.id) else { return nil }
        return catalog.find(.table, target[2], in: schema.id)
    }

    /// Of a foreign key: the primary or unique key of `table` that it refers to.
    func referencedKey(of table: CatalogEntry) -> DeclaredKey? {
        DeclaredKey.all(of: table).first { $0.kind != .foreign && Set($0.columns) == Set(targetColumns) }
    }

    /// Notes the keys, and which columns DESCRIBE shows as primary and unique.
    static func set(_ keys: [DeclaredKey], of table: inout CatalogEntry) {
        func note(_ attribute: String, _ names: [String]) {
            table.attributes[attribute] = names.isEmpty ? nil : .list(names)
        }
        note(attribute, keys.map(\.encoded))
        note("PRIMARY_KEY", keys.filter { $0.kind == .primary }.flatMap(\.columns))
        note("UNIQUE", keys.filter { $0.kind == .unique }.flatMap(\.columns))
    }

    private var encoded: String {
        func joined(_ names: [String]) -> String { names.joined(separator: String(Self.nameSeparator)) }
        var parts = [kind.rawValue, name, joined(columns), joined(target), joined(targetColumns), updateRule, deleteRule]
        // Behind these what most keys do not have: so they read as in earlier versions.
        let isPlain = matchOption == "FULL" && !isReliedOn
        if targetID != nil || !isPlain { parts.append(targetID.map { String($0.value) } ?? "") }
        if !isPlain { parts += [matchOption, isReliedOn ? "RELY" : ""] }
        return parts.joined(separator: String(Self.partSeparator))
    }

    private init?(encoded: String) {
        let parts = encoded.split(separator: Self.partSeparator, omittingEmptySubsequences: false).map(String.init)
        guard [7, 8, 10].contains(parts.count), let kind = Kind(rawValue: parts[0]) else { return nil }
        func names(_ text: String) -> [String] { text.split(separator: Self.nameSeparator).map(String.init) }
        self.init(kind: kind, name: parts[1], columns: names(parts[2]), target: names(parts[3]),
                  targetColumns: names(parts[4]), updateRule: parts[5], deleteRule: parts[6])
        targetID = parts.count > 7 ? UInt64(parts[7]).map { ObjectID($0) } : nil
        if parts.count > 8 { (matchOption, isReliedOn) = (parts[8], parts[9] == "RELY") }
    }

    private init(kind: Kind, name: String, columns: [String], target: [String] = [], targetColumns: [String] = [],
                 updateRule: String = "NO ACTION", deleteRule: String = "NO ACTION") {
        self.kind = kind
        self.name = name
        self.columns = columns
        self.target = target
        self.targetColumns = targetColumns
        self.updateRule = updateRule
        self.deleteRule = deleteRule
    }

    /// The key that a constraint of `table` declares; nil for CHECK. A key without a name is given one. What a foreign key
    /// refers to is looked up by `ForeignKeys.resolved`, once all keys of the table are known.
    init?(_ constraint: TableConstraint, on column: String? = nil, of table: CatalogEntry,
          _ run: StatementRun) throws {
        let columns = constraint.columns.isEmpty ? column.map { [$0] } ?? [] : constraint.columns.map(\.name)
        let name = constraint.name?.name ?? "SYS_CONSTRAINT_\(UniqueID.make())"
        switch constraint.kind {
        case .primaryKey: self.init(kind: .primary, name: name, columns: columns)
        case .unique: self.init(kind: .unique, name: name, columns: columns)
        case .check: return nil
        case .foreignKey(let reference, let targetColumns):
            let other = try DeclaredKey.referenced(reference, by: table, run), place = try run.catalog().fullName(other)
            self.init(kind: .foreign, name: name, columns: columns, target: [place.database, place.schema, place.name],
                      targetColumns: targetColumns.map(\.name))
            targetID = other.id
            span = reference.span
            for property in constraint.properties {
                if property.hasPrefix("ON UPDATE ") { updateRule = String(property.dropFirst(10)) }
                if property.hasPrefix("ON DELETE ") { deleteRule = String(property.dropFirst(10)) }
                if property.hasPrefix("MATCH ") { matchOption = String(property.dropFirst(6)) }
            }
        }
        isReliedOn = constraint.properties.last { $0.hasSuffix("RELY") } == "RELY"
        for name in self.columns where !table.columns.contains(where: { $0.name == name }) {
            throw WarehouseError(
                .invalidIdentifier, "SQL compilation error:\ncolumn '\(name)' of the constraint does not exist",
                hint: Identifiers.hint(for: name, in: table.columns.map(\.name)),
                span: constraint.columns.first { $0.name == name }?.span)
        }
    }

    /// The table that REFERENCES names, which may be the one that is being made.
    private static func referenced(_ reference: ObjectReference, by table: CatalogEntry,
                                   _ run: StatementRun) throws -> CatalogEntry {
        let resolver = try run.resolver(), parts = try run.parts(reference)
        let place = try resolver.place(parts, reference.span)
        if place.name == table.name, place.schema.id == table.parent { return table }
        let other = try resolver.require(.table, parts, reference.span)
        guard other.kind == .table else {
            throw WarehouseError(
                .objectNotFound, "SQL compilation error:\nObject found is of type 'VIEW', not specified type 'TABLE'.",
                span: reference.span)
        }
        guard other.temporarySession == nil || table.temporarySession != nil else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nTable '\(table.name)' cannot reference the temporary table "
                    + "'\(other.name)'.",
                hint: "Only this session sees '\(other.name)', and only until it ends. A temporary table may reference it.",
                span: reference.span)
        }
        return other
    }

    /// The key with a column renamed, or without it where `new` is nil; nil where none is left.
    func renaming(_ old: String, to new: String?) -> DeclaredKey? {
        guard let index = columns.firstIndex(of: old) else { return self }
        // A key that loses a column is no longer what it said.
        guard let new else { return nil }
        var key = self
        key.columns[index] = new
        return key
    }
}
