import WarehouseBasics
import WarehouseSQL

/// USE ROLE, WAREHOUSE, DATABASE, SCHEMA.
enum UseExecution {
    static func run(_ use: UseStatement, in run: StatementRun) throws -> ResultSet {
        let resolver = try run.resolver()
        switch use {
        case .role(let reference):
            let name = try run.simpleName(reference)
            let role = try resolver.requireTop(.role, name, reference.span, error: .objectMissing)
            guard RoleGraph(resolver.catalog).roles(of: run.state.user).contains(role.name) else {
                throw WarehouseError(
                    .insufficientPrivileges,
                    "SQL access control error:\nRequested role '\(name)' is not assigned to the executing user. "
                        + "Specify another role to activate.", span: reference.span)
            }
            run.state.role = role.name
        case .warehouse(let reference):
            run.state.computeWarehouse = try resolver.requireTop(
                .warehouse, run.simpleName(reference), reference.span, error: .objectMissing).name
        case .database(let reference):
            try useDatabase(run.simpleName(reference), reference.span, resolver, run)
        case .schema(let reference):
            try useSchema(run.parts(reference), reference.span, resolver, run)
        case .any(let reference):
            let parts = try run.parts(reference)
            if parts.count == 1 { try useDatabase(parts[0], reference.span, resolver, run) }
            else { try useSchema(parts, reference.span, resolver, run) }
        case .secondaryRoles(let roles):
            switch roles {
            case .all: run.state.secondaryRoles = "ALL"
            case .none: run.state.secondaryRoles = "NONE"
            case .named(let names): run.state.secondaryRoles = names.map(\.name).joined(separator: ",")
            }
        }
        return .status("Statement executed successfully.")
    }

    private static func useDatabase(_ name: String, _ span: SourceSpan, _ resolver: NameResolver,
                                    _ run: StatementRun) throws {
        let database = try resolver.requireTop(.database, name, span, error: .objectMissing)
        run.state.database = database.name
        run.state.schema = resolver.catalog.find(.schema, "PUBLIC", in: database.id)?.name
    }

    private static func useSchema(_ parts: [String], _ span: SourceSpan, _ resolver: NameResolver,
                                  _ run: StatementRun) throws {
        let schema: CatalogEntry
        do {
            schema = try resolver.schema(parts, span)
        } catch {
            guard error.code == ErrorKind.schemaNotFound.code else { throw error }
            throw WarehouseError(
                .objectMissing, "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
                hint: error.hint, span: span)
        }
        run.state.schema = schema.name
        run.state.database = schema.parent.flatMap { resolver.catalog.entries[$0]?.name } ?? run.state.database
    }
}

/// Which roles a user may take: those granted to the user, and all that those inherit.
struct RoleGraph {
    private var grantedToUser: [String: [String]] = [:]
    private var grantedToRole: [String: [String]] = [:]

    init(_ catalog: CatalogState) {
        for grant in catalog.grants where grant.text("ON") == "ROLE" {
            guard let receiver = grant.text("GRANTEE") else { continue }
            if grant.text("TO") == "USER" { grantedToUser[receiver, default: []].append(grant.name) }
            else { grantedToRole[receiver, default: []].append(grant.name) }
        }
    }

    /// `role` and every role granted to it, directly or not.
    func inherited(by role: String) -> Set<String> {
        var found: Set<String> = []
        var waiting = [role, "PUBLIC"]
        while let next = waiting.popLast() {
            guard found.insert(next).inserted else { continue }
            waiting.append(contentsOf: grantedToRole[next] ?? [])
        }
        return found
    }

    func roles(of user: String) -> Set<String> {
        var found: Set<String> = ["PUBLIC"]
        for role in grantedToUser[user] ?? [] { found.formUnion(inherited(by: role)) }
        return found
    }

    func receivers(of role: String) -> (users: [String], roles: [String]) {
        (grantedToUser.filter { $0.value.contains(role) }.map(\.key).sorted(),
         grantedToRole.filter { $0.value.contains(role) }.map(\.key).sorted())
    }

    func granted(toRole role: String) -> [String] { (grantedToRole[role] ?? []).sorted() }
}
