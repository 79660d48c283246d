import WarehouseBasics
import WarehouseStorage

/// What foreign keys refer to: it must be there when they are declared, and takes them with it when it goes.
enum ForeignKeys {
    /// `keys` of `table` with the columns that those from `start` on refer to: a primary or unique key of the other table,
    /// of as many columns and their types. Without a list it is the primary key.
    static func resolved(_ keys: [DeclaredKey], from start: Int = 0, of table: CatalogEntry,
                         _ run: StatementRun) throws -> [DeclaredKey] {
        var keys = keys
        let catalog = try run.catalog()
        for index in keys.indices.dropFirst(start) where keys[index].kind == .foreign {
            guard let id = keys[index].targetID, let other = id == table.id ? table : catalog.entries[id] else { continue }
            let others = id == table.id ? keys : DeclaredKey.all(of: other)
            try resolve(&keys[index], of: table, to: other, others)
        }
        return keys
    }

    private static func resolve(_ key: inout DeclaredKey, of table: CatalogEntry, to other: CatalogEntry,
                                _ others: [DeclaredKey]) throws {
        if key.targetColumns.isEmpty { key.targetColumns = others.first { $0.kind == .primary }?.columns ?? [] }
        for name in key.targetColumns where !other.columns.contains(where: { $0.name == name }) {
            throw WarehouseError(
                .invalidIdentifier, "SQL compilation error:\ncolumn '\(name)' of the referenced table '\(other.name)' does "
                    + "not exist", hint: Identifiers.hint(for: name, in: other.columns.map(\.name)), span: key.span)
        }
        guard !key.targetColumns.isEmpty, others.contains(where: {
            $0.kind != .foreign && $0.columns.count == key.targetColumns.count && Set($0.columns) == Set(key.targetColumns)
        }) else {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nA foreign key must reference a primary or unique key: table "
                    + "'\(other.name)' has none\(key.targetColumns.isEmpty ? "" : " on exactly these columns").",
                hint: "ALTER TABLE \(Identifiers.quoted(other.name)) ADD PRIMARY KEY (…) or UNIQUE (…) declares one.",
                span: key.span)
        }
        guard key.columns.count == key.targetColumns.count else {
            throw WarehouseError(
                .columnCountMismatch, "SQL compilation error:\nA foreign key of \(key.columns.count) columns cannot "
                    + "reference a key of \(key.targetColumns.count).", span: key.span)
        }
        for (name, target) in zip(key.columns, key.targetColumns) {
            guard let own = table.columns.first(where: { $0.name == name })?.type,
                  let wanted = other.columns.first(where: { $0.name == target })?.type, !isOfOneKind(own, wanted) else {
                continue
            }
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\nThe types of a foreign key and the key that it references must "
                    + "match: '\(name)' is \(own), '\(target)' is \(wanted).", span: key.span)
        }
    }

    /// What a copy of `model` takes over of its keys: a table that outlives the session none to a temporary one. `then` is the
    /// catalog that `model` is of.
    static func copied(from model: CatalogEntry, of then: CatalogState, to copy: CatalogEntry,
                       in catalog: CatalogState) -> [DeclaredKey] {
        // A copy that takes its model's place is what the model's keys to itself refer to.
        let takesPlace = model.name == copy.name && model.parent == copy.parent && model.temporarySession == copy.temporarySession
        let copies = takesPlace ? [model.id: copy.id] : [:]
        let keys = copied(DeclaredKey.all(of: model), of: then, to: catalog, copies: copies)
        guard copy.temporarySession == nil else { return keys }
        return keys.filter { $0.targetEntry(in: catalog)?.temporarySession == nil }
    }

    /// Keys of a table of `then` for a copy of it that is made now: foreign ones refer to `copies` where there is one of their
    /// table, and else to the table itself, if that still is there with the key that they refer to.
    static func copied(_ keys: [DeclaredKey], of then: CatalogState, to now: CatalogState,
                       copies: [ObjectID: ObjectID] = [:]) -> [DeclaredKey] {
        keys.compactMap { key in
            if let copy = key.targetID.flatMap({ copies[$0] }) {
                var key = key
                key.targetID = copy
                return key
            }
            guard key.kind == .foreign, let target = key.targetEntry(in: then) else { return key.kind == .foreign ? nil : key }
            var key = key
            if let copy = copies[target.id] {
                key.targetID = copy
                return key
            }
            // Keys of earlier versions may not say which columns they refer to.
            guard let present = now.entries[target.id],
                  key.targetColumns.isEmpty || key.referencedKey(of: present) != nil else { return nil }
            key.targetID = target.id
            return key
        }
    }

    /// Lengths and precisions may differ.
    private static func isOfOneKind(_ one: LogicalType, _ other: LogicalType) -> Bool {
        switch (one, other) {
        case (.number, .number), (.varchar, .varchar), (.binary, .binary), (.time, .time),
             (.timestampNTZ, .timestampNTZ), (.timestampLTZ, .timestampLTZ), (.timestampTZ, .timestampTZ),
             (.array, .array): true
        default: one == other
        }
    }

    // MARK: What they refer to goes away

    /// Drops the foreign keys that tables besides these have to any of them.
    static func drop(to tables: Set<ObjectID>, _ catalog: CatalogState, _ transaction: WriteTransaction) throws {
        if tables.isEmpty { return }
        try change(catalog, besides: tables, transaction) { $0.targetID.map(tables.contains) == true ? nil : $0 }
    }

    /// Has the foreign keys to a table that was `old` follow it: with a column's new name, and away with a key that it no
    /// longer has.
    static func follow(_ old: CatalogEntry, _ table: inout CatalogEntry, renaming names: (old: String, new: String)? = nil,
                       _ transaction: WriteTransaction, _ run: StatementRun) throws {
        func now(_ name: String) -> String { name == names?.old ? names?.new ?? name : name }
        func keys(_ entry: CatalogEntry) -> [DeclaredKey] { DeclaredKey.all(of: entry).filter { $0.kind != .foreign } }
        let kept = Set(keys(table).map { Set($0.columns) })
        let lost = Set(keys(old).map { Set($0.columns.map(now)) }).subtracting(kept)
        guard names != nil || !lost.isEmpty else { return }
        let id = table.id
        let moved = { (key: DeclaredKey) -> DeclaredKey? in
            guard key.kind == .foreign, key.targetID == id else { return key }
            var key = key
            key.targetColumns = key.targetColumns.map(now)
            return lost.contains(Set(key.targetColumns)) ? nil : key
        }
        DeclaredKey.set(DeclaredKey.all(of: table).compactMap(moved), of: &table)
        try change(run.catalog(), besides: [id], transaction, moved)
    }

    private static func change(_ catalog: CatalogState, besides tables: Set<ObjectID>, _ transaction: WriteTransaction,
                               _ change: (DeclaredKey) -> DeclaredKey?) throws {
        // Of a warehouse's tables few have any, and this is asked at every DROP.
        for var holder in catalog.records.values
        where holder.kind == .table && DeclaredKey.hasForeign(holder) && !tables.contains(holder.id) {
            let keys = DeclaredKey.all(of: holder), changed = keys.compactMap(change)
            guard changed != keys else { continue }
            DeclaredKey.set(changed, of: &holder)
            try transaction.put(holder)
        }
    }

    // MARK: Order

    /// The tables with those first that others of them refer to; else as they were.
    static func ordered(_ tables: [CatalogEntry]) -> [CatalogEntry] {
        let byID = Dictionary(tables.map { ($0.id, $0) }) { $1 }
        var ordered: [CatalogEntry] = [], begun: Set<ObjectID> = []
        // One that waits for those above it, which lie upon it, and what is left to look at of each.
        for table in tables where begun.insert(table.id).inserted {
            var waiting = [(table: table, targets: targets(of: table))]
            while let last = waiting.indices.last {
                guard let next = waiting[last].targets.popLast() else {
                    ordered.append(waiting.removeLast().table)
                    continue
                }
                // In a circle there is no order.
                if let other = byID[next], begun.insert(next).inserted { waiting.append((other, targets(of: other))) }
            }
        }
        return ordered
    }

    private static func targets(of table: CatalogEntry) -> [ObjectID] {
        DeclaredKey.hasForeign(table) ? DeclaredKey.all(of: table).reversed().compactMap(\.targetID) : []
    }
}
