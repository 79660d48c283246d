import WarehouseBasics
import WarehouseSQL

/// USE ROLE, WAREHOUSE, DATABASE, SCHEMA.
enum UseExecution {
    static func run(_ use: UseStatement, in run: StatementRun) throws -> ResultSet {
        let resolver = try run.resolver()
        switch use {
        case .role(let reference):
            if try run.parts(reference).count == 2 { try refuse(databaseRole: reference, resolver, run) }
            let name = try run.simpleName(reference)
            let role = try resolver.requireTop(.role, name, reference.span, error: .objectMissing)
            guard resolver.access.available.contains(role.name) else {
                throw notAssigned(name, reference.span)
            }
            run.state.role = role.name
        case .warehouse(let reference):
            let name = try run.simpleName(reference)
            let warehouse = try resolver.requireTop(.warehouse, name, reference.span, error: .objectMissing)
            guard resolver.access.isAllowed(["USAGE"], warehouse) else {
                throw NameResolver.missing(.warehouse, [name], hint: nil, span: reference.span, error: .objectMissing)
            }
            run.state.computeWarehouse = warehouse.name
        case .database(let reference):
            try useDatabase(run.simpleName(reference), reference.span, resolver, run)
        case .schema(let reference):
            try useSchema(run.parts(reference), reference.span, resolver, run)
        case .any(let reference):
            let parts = try run.parts(reference)
            if parts.count == 1 { try useDatabase(parts[0], reference.span, resolver, run) }
            else { try useSchema(parts, reference.span, resolver, run) }
        case .secondaryRoles(let roles):
            try useSecondary(roles, resolver, run)
        }
        run.state.follow(resolver.catalog)
        return .status("Statement executed successfully.")
    }

    private static func useSecondary(_ roles: SecondaryRoles, _ resolver: NameResolver, _ run: StatementRun) throws {
        switch roles {
        case .all: run.state.secondaryRoles = .all
        case .none: run.state.secondaryRoles = .none
        case .named(let names):
            for name in names where RoleKey.isDatabaseRole(name.name) || !resolver.access.available.contains(name.name) {
                _ = try resolver.requireTop(.role, name.name, name.span, error: .objectMissing)
                throw notAssigned(name.name, name.span)
            }
            run.state.secondaryRoles = .named(names.map(\.name))
        }
    }

    /// A database role counts where a role inherits it; no session is in one.
    private static func refuse(databaseRole reference: ObjectReference, _ resolver: NameResolver,
                               _ run: StatementRun) throws {
        guard let role = try? resolver.databaseRole(run.parts(reference), reference.span) else { return }
        throw WarehouseError(
            .invalidValue, "SQL compilation error:\nDatabase role '\(GrantTargets.fullName(role, resolver.catalog))' cannot be "
                + "activated in a session.", hint: "Grant it to a role, and USE that.", span: reference.span)
    }

    private static func notAssigned(_ role: String, _ span: SourceSpan) -> WarehouseError {
        WarehouseError(
            .insufficientPrivileges,
            "SQL access control error:\nRequested role '\(role)' is not assigned to the executing user. "
                + "Specify another role to activate.", span: span)
    }

    private static func useDatabase(_ name: String, _ span: SourceSpan, _ resolver: NameResolver,
                                    _ run: StatementRun) throws {
        let database = try resolver.requireTop(.database, name, span, error: .objectMissing)
        guard resolver.access.isAllowed(["USAGE"], database) else {
            throw NameResolver.missing(.database, [name], hint: nil, span: span, error: .objectMissing)
        }
        run.state.database = database.name
        let standard = resolver.catalog.find(.schema, "PUBLIC", in: database.id)
        run.state.schema = standard.flatMap { resolver.access.sees($0) ? $0.name : nil }
    }

    private static func useSchema(_ parts: [String], _ span: SourceSpan, _ resolver: NameResolver,
                                  _ run: StatementRun) throws {
        let schema: CatalogEntry
        func missing(_ hint: String?) -> WarehouseError {
            WarehouseError(.objectMissing, "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
                           hint: hint, span: span)
        }
        do {
            schema = try resolver.schema(parts, span)
        } catch {
            guard error.code == ErrorKind.schemaNotFound.code else { throw error }
            throw missing(error.hint)
        }
        guard resolver.access.isAllowed(["USAGE"], schema) else { throw missing(nil) }
        run.state.schema = schema.name
        run.state.database = schema.parent.flatMap { resolver.catalog.entries[$0]?.name } ?? run.state.database
    }
}
