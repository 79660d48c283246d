import WarehouseBasics
import WarehouseSQL

/// What building a node did.
struct BuildOutcome: Equatable {
    /// What the console prints in brackets: `SUCCESS 1`, `INSERT 10`.
    var message: String
    var rowsAffected: Int
    /// Of a microbatch model.
    var batches: BatchResults?
    /// The relation is the one that was there, with all that it had been given.
    var isKept = false

    static func success(_ rows: Int) -> BuildOutcome { BuildOutcome(message: "SUCCESS \(rows)", rowsAffected: rows) }

    /// Rows of a relation that was there have changed.
    static func kept(_ rows: Int) -> BuildOutcome {
        BuildOutcome(message: "SUCCESS \(rows)", rowsAffected: rows, isKept: true)
    }
}

/// Builds the nodes of a project at a target, each in one transaction: whoever reads a relation, and whoever finds it
/// after this process was killed, sees the old one or the new one, with its columns, its rows and its grants.
struct Materializer {
    var graph: ProjectGraph
    let target: any TargetAdapter
    /// Build incremental models and seeds anew.
    let isFullRefresh: Bool
    /// Which batches of microbatch models are built, and who is told of them.
    var batches = BatchOptions()

    /// Builds a model, seed or snapshot. Throws what the target throws; the relation is then as it was before.
    func build(_ node: Node) throws -> BuildOutcome {
        guard let name = node.relation else {
            throw WarehouseError(.model, "\(node.name) is not kept at the target and cannot be built.")
        }
        try run(node.configuration.preHooks, this: name)
        let outcome = try atomically(node) {
            let outcome = try content(of: node, name)
            try grant(node.configuration.grants, on: name, isView: node.materialization == "view", isKept: outcome.isKept)
            return outcome
        }
        try run(node.configuration.postHooks, this: name)
        return outcome
    }

    private func content(of node: Node, _ name: ObjectName) throws -> BuildOutcome {
        switch node.content {
        case .model(let model): return try build(model, name, of: node)
        case .seed(let seed): return try build(seed, name)
        case .snapshot(let snapshot):
            return try SnapshotBuild(snapshot: snapshot, name: name, graph: graph, target: target).run()
        case .source, .test, .unitTest, .analysis, .exposure, .operation:
            throw WarehouseError(.model, "\(node.name) is nothing that is built.")
        }
    }

    /// Of a microbatch model each batch is a transaction of its own.
    private func atomically(_ node: Node, _ body: () throws -> BuildOutcome) throws -> BuildOutcome {
        node.microbatch == nil ? try target.atomically(body) : try body()
    }

    private func run(_ hooks: [String], this name: ObjectName) throws {
        for text in hooks {
            for statement in try Hook.statements(text, this: name) { _ = try target.run(statement) }
        }
    }

    /// A relation that is built anew has lost what it had been given. One that is kept loses what is no longer named.
    private func grant(_ grants: [String: [String]], on name: ObjectName, isView: Bool, isKept: Bool) throws {
        guard !grants.isEmpty else { return }
        let object = "\(isView ? "VIEW" : "TABLE") "
            + [name.database, name.schema, name.name].map(Identifiers.quoted).joined(separator: ".")
        let wanted = Set(grants.flatMap { privilege, roles in
            roles.map { RelationGrant(privilege: privilege.uppercased(), role: ColumnNaming.stored($0)) }
        })
        for grant in isKept ? try target.grants(on: name) : [] where !wanted.contains(grant) {
            try run("REVOKE \(grant.privilege) ON \(object) FROM ROLE \(Identifiers.quoted(grant.role))")
        }
        for (privilege, roles) in grants.sorted(by: { $0.key < $1.key }) {
            for role in roles { try run("GRANT \(privilege) ON \(object) TO ROLE \(role)") }
        }
    }

    private func run(_ text: String) throws { _ = try target.run(try Parser.parseStatement(text).statement) }

    private func build(_ model: ModelContent, _ name: ObjectName, of node: Node) throws -> BuildOutcome {
        let existing = try target.relation(name)
        var definitions: [ColumnDefinition] = []
        if node.configuration.isContractEnforced {
            let contract = Contract(columns: node.columns)
            try contract.check(try target.columns(of: try graph.lowering.lower(model.full.tree)))
            definitions = contract.definitions
        }
        switch model.kind {
        case .view:
            try createView(name, try graph.lowering.lower(model.full.tree), replacing: existing)
            return .success(1)
        case .incremental(.microbatch(let microbatch), let onSchemaChange):
            return try buildBatches(
                microbatch, onSchemaChange, of: model, name, existing: existing, definitions: definitions)
        case .incremental(let strategy, let onSchemaChange):
            guard let existing, !existing.isView, !isFullRefresh else { break }
            let query = try graph.lowering.lower(model.incremental.tree)
            return try IncrementalBuild(
                name: name, strategy: strategy, onSchemaChange: onSchemaChange, existing: existing, query: query,
                target: target, predicate: model.predicate).run()
        case .table, .ephemeral: break
        }
        try createTable(name, try graph.lowering.lower(model.full.tree), replacing: existing, definitions)
        return .success(1)
    }

    /// A table in the view's place is dropped, once the query is known to be sound.
    private func createView(
        _ name: ObjectName, _ query: WarehouseSQL.Query, replacing existing: TargetRelation?
    ) throws {
        let reference = Lowering.reference(name)
        if existing?.isView == false {
            _ = try target.columns(of: query)
            _ = try target.run(.drop(DropStatement(kind: .table, ifExists: true, name: reference)))
        }
        _ = try target.run(.createView(CreateViewStatement(
            orReplace: true, name: reference, query: query, queryText: SQLPrinter().print(query))))
    }

    /// A view in the table's place is dropped once the table stands aside.
    func createTable(
        _ name: ObjectName, _ query: WarehouseSQL.Query, replacing existing: TargetRelation?,
        _ definitions: [ColumnDefinition]
    ) throws {
        let reference = Lowering.reference(name)
        guard existing?.isView == true else {
            _ = try target.run(.createTable(CreateTableStatement(
                orReplace: true, name: reference, columns: definitions, source: .query(query))))
            return
        }
        var aside = name
        aside.name += "__DBT_TMP"
        let asideReference = Lowering.reference(aside)
        _ = try target.run(.createTable(CreateTableStatement(
            orReplace: true, name: asideReference, columns: definitions, source: .query(query))))
        _ = try target.run(.drop(DropStatement(kind: .view, ifExists: true, name: reference)))
        _ = try target.run(.alterTable(AlterTableStatement(name: asideReference, action: .renameTo(reference))))
    }

    /// Rows of one INSERT.
    private static let seedBatchRows = 10_000

    private func build(_ seed: SeedContent, _ name: ObjectName) throws -> BuildOutcome {
        let table = try SeedTable(csv: seed.csv, columns: seed.columns)
        let reference = Lowering.reference(name)
        let existing = try target.relation(name)
        if existing?.isView == true {
            _ = try target.run(.drop(DropStatement(kind: .view, ifExists: true, name: reference)))
        }
        let fits = existing.map { !$0.isView && SchemaChange(from: $0.columns, to: table.columns).isEmpty } ?? false
        if !fits || isFullRefresh {
            let columns = table.columns.map {
                ColumnDefinition(name: Identifier(name: $0.name), type: SyntaxTree.typeName($0.type))
            }
            _ = try target.run(.createTable(CreateTableStatement(orReplace: true, name: reference, columns: columns)))
        }
        let names = table.columns.map { Identifier(name: $0.name) }
        try target.transaction {
            if fits && !isFullRefresh { _ = try target.run(.delete(DeleteStatement(table: reference))) }
            for start in stride(from: 0, to: table.rows.count, by: Materializer.seedBatchRows) {
                let rows = Array(table.rows[start..<min(start + Materializer.seedBatchRows, table.rows.count)])
                _ = try target.run(.insert(InsertStatement(
                    table: reference, columns: names, source: WarehouseSQL.Query(body: .values(rows)))))
            }
        }
        return BuildOutcome(
            message: "INSERT \(table.rows.count)", rowsAffected: table.rows.count, isKept: fits && !isFullRefresh)
    }
}
