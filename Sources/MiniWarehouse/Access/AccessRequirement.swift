import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// One thing that a session must be allowed before a statement runs.
enum AccessRequirement {
    /// One of these privileges on an object, or to own it; without any, to own it.
    case privilege([String], EntryKind, ObjectReference, types: [TypeName]? = nil)
    /// To be the user of that name (nil: in any case), else one of these privileges on the user, or to own it.
    case user([String], ObjectReference?)
    /// To own the user that the session is of.
    case currentUser
    /// To own the table that a column is of.
    case column(ObjectReference)
    /// A privilege on the account.
    case account(String)
    /// To make an object of a kind at that name. What it replaces, or hides while the session lasts, must be owned.
    case create(EntryKind, ObjectReference, isTemporary: Bool = false, orReplace: Bool = false, orAlter: Bool = false)
    /// To make a function of those parameters.
    case createFunction(ObjectReference, [TypeName], isTemporary: Bool, orReplace: Bool)
    /// To give an object another place or name, where those of its kind may be made.
    case move(EntryKind, to: ObjectReference)
    /// To bring back the object that was dropped last under that name: to own it, and to make one of its kind there.
    case restore(EntryKind, ObjectReference)
    /// To read or write files of a stage.
    case stage(StageLocation, StagePurpose)

    /// Names that are not there are left to whoever runs the statement, who knows what their absence means.
    func check(_ run: StatementRun) throws {
        let resolver = try run.resolver(), access = resolver.access
        switch self {
        case .privilege(let privileges, let kind, let reference, let types):
            guard let entry = try AccessRequirement.find(kind, reference, types, run) else { return }
            try access.require(privileges, entry, .active, reference.span)
        case .user(let privileges, let reference):
            guard let reference, try run.simpleName(reference) != run.state.user,
                  let entry = try AccessRequirement.find(.user, reference, nil, run) else { return }
            try access.require(privileges, entry, .active, reference.span)
        case .currentUser:
            guard let entry = resolver.catalog.find(.user, run.state.user, in: nil) else { return }
            try access.require([], entry)
        case .column(let reference):
            let parts = try run.parts(reference).dropLast().map { Identifier(name: $0, isQuoted: true) }
            guard !parts.isEmpty, let table = try AccessRequirement.find(.table, ObjectReference(parts), nil, run) else {
                return
            }
            try access.require([], table, .active, reference.span)
        case .account(let privilege):
            try access.require(account: privilege)
        case .create(let kind, let reference, let isTemporary, let orReplace, let orAlter):
            try create(kind, reference, isTemporary, orReplace, orAlter, resolver, run)
        case .createFunction(let reference, let types, let isTemporary, let orReplace):
            try createFunction(reference, types, isTemporary, orReplace, resolver, run)
        case .move(let kind, let reference):
            try create(kind, reference, false, false, false, resolver, run)
        case .restore(let kind, let reference):
            try restore(kind, reference, resolver, run)
        case .stage(let location, let purpose):
            try StageResolver.check(location, purpose, resolver, run)
        }
    }

    private static func find(_ kind: EntryKind, _ reference: ObjectReference, _ types: [TypeName]?,
                             _ run: StatementRun) throws -> CatalogEntry? {
        do {
            return try ObjectFinder.require(kind, reference, types: types, run)
        } catch is WarehouseError {
            return nil
        }
    }

    // MARK: Making

    /// What is needed to make an object of a kind: a privilege on the schema, the database or the account.
    private static func privilege(toCreate kind: EntryKind) -> String { "CREATE \(kind.title.uppercased())" }

    /// Temporary objects take no place that others could want.
    private static func isFree(_ kind: EntryKind, _ isTemporary: Bool) -> Bool {
        isTemporary && [.table, .view, .stage, .fileFormat, .sequence, .function].contains(kind)
    }

    private func create(_ kind: EntryKind, _ reference: ObjectReference, _ isTemporary: Bool, _ orReplace: Bool,
                        _ orAlter: Bool, _ resolver: NameResolver, _ run: StatementRun) throws {
        let access = resolver.access, parts = try run.parts(reference)
        guard let name = parts.last else { return }
        let holder = try AccessRequirement.holder(kind, parts, resolver, reference.span)
        let permanent = resolver.catalog.exact(kind, name, in: holder?.id, session: nil)
        let existing = isTemporary
            ? resolver.catalog.exact(kind, name, in: holder?.id, session: run.session.id) : permanent
        if orAlter, let existing, access.sees(existing) { return try access.require([], existing, .active, reference.span) }
        if let holder {
            let needed = AccessRequirement.isFree(kind, isTemporary) ? nil : AccessRequirement.privilege(toCreate: kind)
            try AccessRequirement.requirePlace(needed, holder, access, reference.span)
        } else {
            try access.require(account: AccessRequirement.privilege(toCreate: kind), .primary, reference.span)
        }
        if orReplace || orAlter, let existing { try AccessRequirement.requireOwned(existing, kind, access, reference.span) }
        if isTemporary, let permanent { try AccessRequirement.requireOwned(permanent, kind, access, reference.span) }
    }

    /// The schema or database that is to hold an object; nil for the account.
    private static func holder(_ kind: EntryKind, _ parts: [String], _ resolver: NameResolver,
                               _ span: SourceSpan) throws -> CatalogEntry? {
        if kind == .schema || kind == .databaseRole {
            return parts.count == 2 ? try resolver.database(parts[0], span) : try resolver.currentDatabase()
        }
        return kind.isSchemaObject ? try resolver.place(parts, span).schema : nil
    }

    /// Only the primary role counts: it is to own the new object.
    private static func requirePlace(_ privilege: String?, _ holder: CatalogEntry, _ access: Access,
                                     _ span: SourceSpan) throws {
        if let privilege { return try access.require([privilege], holder, .primary, span) }
        let anything = PrivilegeKinds.byKind[GrantTargets.objectKind(holder)] ?? []
        try access.require(anything, holder, .primary, span)
    }

    /// Of a name that is taken everybody may know, for it cannot be taken again; but of what, a table or a view, only who
    /// sees it: to others it is said to be what was `wanted`.
    private static func requireOwned(_ entry: CatalogEntry, _ wanted: EntryKind, _ access: Access, _ span: SourceSpan) throws {
        guard !access.isAllowed([], entry) else { return }
        let kind = access.sees(entry) ? entry.kind : wanted
        throw Access.insufficient(kind.title.lowercased(), entry.kind == .function ? entry.functionName : entry.name,
                                  span)
    }

    private func createFunction(_ reference: ObjectReference, _ types: [TypeName], _ isTemporary: Bool, _ orReplace: Bool,
                                _ resolver: NameResolver, _ run: StatementRun) throws {
        let place = try resolver.place(run.parts(reference), reference.span)
        let needed = isTemporary ? nil : AccessRequirement.privilege(toCreate: .function)
        try AccessRequirement.requirePlace(needed, place.schema, resolver.access, reference.span)
        let signature = UserFunctions.signature(place.name, try types.map { try run.logicalType($0) })
        let permanent = resolver.catalog.exact(.function, signature, in: place.schema.id, session: nil)
        let existing = isTemporary
            ? resolver.catalog.exact(.function, signature, in: place.schema.id, session: run.session.id) : permanent
        for taken in [orReplace ? existing : nil, isTemporary ? permanent : nil] {
            if let taken { try AccessRequirement.requireOwned(taken, .function, resolver.access, reference.span) }
        }
    }

    private func restore(_ kind: EntryKind, _ reference: ObjectReference, _ resolver: NameResolver,
                         _ run: StatementRun) throws {
        let access = resolver.access, shown: String, holder: CatalogEntry?, meant: CatalogEntry?
        if let (id, entry) = try UndropObject.identified(kind, reference, run) {
            (shown, holder, meant) = (id, entry?.parent.flatMap { resolver.catalog.entries[$0] }, entry)
        } else {
            let parts = try run.parts(reference)
            guard let name = parts.last else { return }
            shown = Identifiers.quoted(name)
            holder = try AccessRequirement.holder(kind, parts, resolver, reference.span)
            meant = resolver.catalog.dropped(kind, name, in: holder?.id)
                .last { !resolver.catalog.isExpired($0, at: run.timestamp) }
        }
        guard let meant else { return }
        guard access.owns(meant), access.reaches(meant) else {
            // A name that is taken again is said to be so, whatever it was before.
            let isTaken = resolver.catalog.exact(kind, meant.name, in: holder?.id, session: nil) != nil
            if isTaken, meant.name == (try? run.parts(reference).last) { return }
            // The same answer as for what was never there.
            throw UndropObject.missing(kind, shown, reference.span)
        }
        if let holder {
            try AccessRequirement.requirePlace(AccessRequirement.privilege(toCreate: kind), holder, access, reference.span)
        } else {
            try access.require(account: AccessRequirement.privilege(toCreate: kind), .primary, reference.span)
        }
    }
}

/// What is to be done with a stage's files.
enum StagePurpose: Sendable {
    case read, write
    /// COPY INTO a table, whose own stage is then open to those who may insert.
    case load
    /// What the program itself asks for, not a statement.
    case client
}
