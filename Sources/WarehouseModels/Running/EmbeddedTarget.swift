import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// A session of this process's own warehouse as the place where a project is built. Syntax trees go to its binder as
/// they are.
public final class EmbeddedTarget: TargetAdapter {
    private let session: Session
    /// `mlwh=0.1.0`.
    public let adapterDescription: String

    /// Builds through `session`: with its role, its transaction, its time zone and its warehouse's clock. From then on the
    /// session has of its account's and its user's parameters only limits and the time zone, so that no result is cut and
    /// values are read and written in the standard formats.
    public init(_ session: Session, version: String = RunOptions().version) {
        session.serveProgram()
        self.session = session
        adapterDescription = "mlwh=\(version)"
    }

    public func run(_ statement: Statement) throws -> Int {
        let result = try session.run(statement)
        guard !result.isQuery, result.columns.first?.name.hasPrefix("number of rows") == true else { return 0 }
        return result.textRows().first?.reduce(0) { $0 + ($1.flatMap { Int($0) } ?? 0) } ?? 0
    }

    public func rows(of query: WarehouseSQL.Query) throws -> TargetRows {
        let result = try session.run(query)
        return TargetRows(
            columns: result.columns.map { ColumnSchema($0.name, $0.type) }, rows: result.textRows(variant: .compact))
    }

    public func relation(_ name: ObjectName) throws -> TargetRelation? {
        guard let kind = try kind(of: name) else { return nil }
        let all = SelectStatement(items: [.star(StarItem())], from: [SyntaxTree.table(Lowering.reference(name))])
        let none = WarehouseSQL.Query(body: .select(all), limit: LimitClause(count: Int.literal(0)))
        return TargetRelation(isView: kind == "VIEW", columns: try rows(of: none).columns)
    }

    /// What INFORMATION_SCHEMA calls the kind of a table or view; nil where there is none, or not even its database.
    private func kind(of name: ObjectName) throws -> String? {
        do {
            let rows = try session.execute(
                "SELECT table_type FROM \(Identifiers.quoted(name.database)).INFORMATION_SCHEMA.TABLES "
                    + "WHERE table_schema = ? AND table_name = ?", [name.schema, name.name]).textRows()
            return rows.first?.first.flatMap { $0 }
        } catch {
            guard (error as? WarehouseError)?.code == ErrorKind.schemaNotFound.code else { throw error }
            return nil
        }
    }

    public func version(of name: ObjectName) throws -> RelationVersion? {
        try session.version(database: name.database, schema: name.schema, name: name.name).map {
            RelationVersion(text: $0.text, viewText: $0.viewText)
        }
    }

    public func environment() throws -> String? {
        let settings = try session.execute("SHOW PARAMETERS").textRows().map { $0.prefix(2).map { $0 ?? "" } }
        return ([[session.warehouse.path]] + settings).map { $0.joined(separator: "=") }.joined(separator: "\n")
    }

    public func roles() throws -> Set<String>? {
        let roles = try session.execute("SHOW ROLES")
        guard let place = roles.columns.firstIndex(where: { $0.name.lowercased() == "name" }) else { return nil }
        return Set(roles.textRows().compactMap { $0[place] })
    }

    public func grants(on name: ObjectName) throws -> [RelationGrant] {
        let rows = try session.execute(
            "SELECT privilege_type, grantee FROM \(Identifiers.quoted(name.database)).INFORMATION_SCHEMA.TABLE_PRIVILEGES "
                + "WHERE table_schema = ? AND table_name = ? AND privilege_type <> 'OWNERSHIP' AND granted_to = 'ROLE' "
                + "ORDER BY 1, 2", [name.schema, name.name]).textRows()
        return rows.compactMap { row in
            guard row.count == 2, let privilege = row[0], let role = row[1] else { return nil }
            return RelationGrant(privilege: privilege, role: role)
        }
    }

    public var isCancelled: Bool { StatementCancellation.isAskedHere }

    public var isInTransaction: Bool { session.isInTransaction }

    public func transaction<Result>(_ body: () throws -> Result) throws -> Result { try session.atomically(body) }

    public func atomically<Result>(_ body: () throws -> Result) throws -> Result { try session.atomically(body) }

    /// When the table's rows were last changed, as INFORMATION_SCHEMA has it; nil of what is no table.
    public func lastAltered(_ name: ObjectName) throws -> Int128? {
        let rows = try session.execute(
            "SELECT DATE_PART(EPOCH_NANOSECOND, last_altered) FROM "
                + "\(Identifiers.quoted(name.database)).INFORMATION_SCHEMA.TABLES "
                + "WHERE table_schema = ? AND table_name = ? AND table_type <> 'VIEW'", [name.schema, name.name]).textRows()
        return rows.first?.first.flatMap { $0 }.flatMap { Int128($0) }
    }

    public func now() -> Int128 { session.warehouse.options.clock.now() }
}
