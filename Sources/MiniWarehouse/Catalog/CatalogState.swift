import WarehouseBasics
import WarehouseStorage

/// The catalog as of one version: every entry, found by id or by name. Immutable; made anew when the version moves.
///
/// A table, schema or database that was dropped within its retention time is still recorded, marked with the time of
/// its drop, so that UNDROP can take the mark off. It, what is below it and the grants on these are in `records` only.
final class CatalogState: Sendable {
    /// Every entry, those that are dropped too.
    let records: [ObjectID: CatalogEntry]
    let entries: [ObjectID: CatalogEntry]
    /// Marked as dropped, the latest last.
    let dropped: [CatalogEntry]
    private let byName: [NameKey: ObjectID]
    private let byParent: [ObjectID: [ObjectID]]
    private let topLevel: [EntryKind: [ObjectID]]
    /// In the order they were made; none on what is dropped.
    let grants: [CatalogEntry]
    /// Sessions that temporary objects belong to.
    let temporarySessions: Set<String>
    private let privilegeIndex = Lock<PrivilegeIndex?>(nil)

    /// What the grants come to; made when it is first asked for.
    var privileges: PrivilegeIndex {
        privilegeIndex.withLock { index in
            if let index { return index }
            let made = PrivilegeIndex(grants)
            index = made
            return made
        }
    }

    struct NameKey: Hashable, Sendable {
        var space: EntryKind
        var parent: ObjectID?
        var name: String
        var session: String?
    }

    init(_ snapshot: StoreSnapshot) throws {
        var records: [ObjectID: CatalogEntry] = [:]
        for record in snapshot.objects { records[record.id] = try CatalogEntry(decoding: record) }
        let marked = records.values.filter { $0.droppedAt != nil }
        let hidden = CatalogState.hidden(records, marked)
        var entries = records
        var byName: [NameKey: ObjectID] = [:]
        var byParent: [ObjectID: [ObjectID]] = [:]
        var topLevel: [EntryKind: [ObjectID]] = [:]
        var grants: [CatalogEntry] = []
        var sessions: Set<String> = []
        for record in snapshot.objects {
            guard let entry = records[record.id] else { continue }
            if let session = entry.temporarySession { sessions.insert(session) }
            if let parent = entry.parent { byParent[parent, default: []].append(entry.id) }
            if hidden.contains(entry.id) {
                entries[entry.id] = nil
                continue
            }
            if entry.kind == .grant { grants.append(entry) }
            if entry.parent == nil { topLevel[entry.kind, default: []].append(entry.id) }
            byName[CatalogState.key(entry)] = entry.id
        }
        self.records = records
        self.entries = entries
        dropped = marked.sorted { ($0.droppedAt ?? 0, $0.id) < ($1.droppedAt ?? 0, $1.id) }
        self.byName = byName
        self.byParent = byParent
        self.topLevel = topLevel
        temporarySessions = sessions
        self.grants = grants.sorted { $0.id < $1.id }
    }

    /// What is marked as dropped, what is below it, and grants on these.
    private static func hidden(_ records: [ObjectID: CatalogEntry], _ marked: [CatalogEntry]) -> Set<ObjectID> {
        if marked.isEmpty { return [] }
        var hidden = Set(marked.map(\.id))
        for entry in records.values {
            var path = [entry.id], next = entry.parent ?? entry.target
            while let id = next, path.count < 8, !hidden.contains(id) {
                path.append(id)
                next = records[id]?.parent
            }
            if let id = next, hidden.contains(id) { hidden.formUnion(path) }
        }
        return hidden
    }

    private static func key(_ entry: CatalogEntry) -> NameKey {
        NameKey(space: entry.kind.nameSpace, parent: entry.parent, name: entry.name, session: entry.temporarySession)
    }

    /// The object of that name; a session's temporary one shadows a permanent one.
    func find(_ kind: EntryKind, _ name: String, in parent: ObjectID?, session: String? = nil) -> CatalogEntry? {
        if let session, let id = byName[NameKey(space: kind.nameSpace, parent: parent, name: name, session: session)] {
            return entries[id]
        }
        return byName[NameKey(space: kind.nameSpace, parent: parent, name: name, session: nil)].flatMap { entries[$0] }
    }

    /// The temporary object of that name of `session`, or, where that is nil, the permanent one.
    func exact(_ kind: EntryKind, _ name: String, in parent: ObjectID?, session: String?) -> CatalogEntry? {
        byName[NameKey(space: kind.nameSpace, parent: parent, name: name, session: session)].flatMap { entries[$0] }
    }

    /// Objects within a database or schema, by name; temporary ones only of `session`.
    func children(of parent: ObjectID, kind: EntryKind? = nil, session: String? = nil) -> [CatalogEntry] {
        (byParent[parent] ?? []).compactMap { entries[$0] }
            .filter { kind == nil || $0.kind == kind }
            .filter { $0.temporarySession == nil || $0.temporarySession == session }
            .sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// All of a kind that stands at the top, by name.
    func all(_ kind: EntryKind) -> [CatalogEntry] {
        (topLevel[kind] ?? []).compactMap { entries[$0] }.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// What is set for the account, if anything ever was.
    var account: CatalogEntry? { topLevel[.account]?.first.flatMap { entries[$0] } }

    /// `db.schema.name` of a schema object.
    func fullName(_ entry: CatalogEntry) -> ObjectName {
        let schema = entry.parent.flatMap { entries[$0] }
        let database = schema?.parent.flatMap { entries[$0] }
        return ObjectName(database: database?.name ?? "", schema: schema?.name ?? "", name: entry.name)
    }

    /// `db.schema.name` of what is called `name` in a schema.
    func fullName(_ schema: CatalogEntry, _ name: String) -> ObjectName {
        let database = schema.parent.flatMap { entries[$0] }
        return ObjectName(database: database?.name ?? "", schema: schema.name, name: name)
    }

    /// Which files `table` has loaded, by path.
    func loadedFiles(of table: ObjectID) -> [String: CatalogEntry] {
        var files: [String: CatalogEntry] = [:]
        for id in byParent[table] ?? [] {
            if let entry = entries[id], entry.kind == .loadedFile { files[entry.name] = entry }
        }
        return files
    }

    /// Everything below an object, the object not included, what is dropped too: what goes with it for good.
    func descendants(of id: ObjectID) -> [CatalogEntry] {
        var found: [CatalogEntry] = []
        for child in byParent[id] ?? [] {
            guard let entry = records[child] else { continue }
            found.append(entry)
            found.append(contentsOf: descendants(of: child))
        }
        return found
    }
}
