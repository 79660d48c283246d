import WarehouseBasics
import WarehouseSQL

/// manifest.json in dbt's schema v12, of what the project knows.
struct Manifest {
    let graph: ProjectGraph
    let metadata: ArtifactMetadata
    let adapter: String

    func json() throws -> JSON {
        let sources = graph.nodes.filter { $0.kind == .source }
        let others = graph.nodes.filter { ![.source, .unitTest, .exposure].contains($0.kind) } + graph.hooks
        var nodes: [(String, JSON)] = []
        for node in others { nodes.append((node.id, try json(node))) }
        let details: [(String, JSON)] = [
            ("project_name", .string(graph.name)), ("project_id", .string(MD5.digest(graph.name).hex)),
            ("user_id", .null), ("send_anonymous_usage_stats", .bool(false)), ("adapter_type", .string(adapter)),
            ("quoting", .record([
                "database": .bool(false), "schema": .bool(false), "identifier": .bool(false), "column": .null,
            ])),
            ("run_started_at", .string(ArtifactMetadata.text(metadata.startedAt))),
        ]
        return .record([
            "metadata": metadata.json(schema: "manifest/v12", more: details),
            "nodes": .object(nodes),
            "sources": .object(sources.map { ($0.id, source($0)) }),
            "macros": .object([]), "docs": .object([("doc.\(graph.name).__overview__", overview)]),
            "exposures": .object(graph.nodes.compactMap { node in exposure(node).map { (node.id, $0) } }),
            "metrics": .object([]), "groups": .object(graph.groups.map { ("group.\(graph.name).\($0.name)", group($0)) }),
            "selectors": .object([]),
            "disabled": .object([]),
            "parent_map": .object((graph.nodes + graph.hooks).map { ($0.id, .strings($0.dependencies)) }),
            "child_map": .object((graph.nodes + graph.hooks).map { node in
                (node.id, .strings(graph.readers(of: node.id).map(\.id)))
            }),
            "group_map": .object(graph.groups.map { group in
                (group.name, .strings(graph.nodes.filter { $0.configuration.group == group.name }.map(\.id)))
            }), "saved_queries": .object([]), "semantic_models": .object([]), 
            "unit_tests": .object(graph.nodes.compactMap { node in unitTest(node).map { (node.id, $0) } }),
            "functions": .object([]),
        ])
    }

    /// What nodes and sources share.
    private func common(_ node: Node) -> [(String, JSON)] {
        let relation = node.relation
        let parts = node.id.split(separator: ".").map(String.init)
        return [
            ("database", .string(relation?.database ?? ColumnNaming.stored(graph.target.database))),
            ("schema", .string(relation?.schema ?? ColumnNaming.stored(node.schema))),
            ("name", .string(node.name)),
            ("resource_type", .string(node.kind.rawValue)),
            ("package_name", .string(graph.name)),
            ("path", .string(node.declaration)),
            ("original_file_path", .string(node.declaration)),
            ("unique_id", .string(node.id)),
            ("fqn", .strings(parts.dropFirst())),
            ("description", .string(node.about)),
            ("tags", .strings(node.tags)),
            ("meta", Manifest.meta(node)),
            ("columns", .object(node.columns.map { ($0.name, column($0)) })),
            ("relation_name", .optional(relation?.description)),
            ("doc_blocks", .array([])), ("unrendered_config", .object([])), ("patch_path", .null),
            ("created_at", .number(Double(metadata.time) / 1e9)),
        ]
    }

    private func column(_ column: NodeColumn) -> JSON {
        .record([
            "name": .string(column.name), "description": .string(column.about), "meta": .object([]),
            "data_type": .string(column.type.description), "constraints": .array([]), "quote": .null,
            "config": .record(["meta": .object([]), "tags": .array([])]), "tags": .array([]), "granularity": .null,
            "doc_blocks": .array([]),
        ])
    }

    private func source(_ node: Node) -> JSON {
        .object(common(node) + [
            ("source_name", .string(node.schema.lowercased())), ("source_description", .string("")),
            ("loader", .string("")),
            ("identifier", .string(node.relation?.name ?? node.name)),
            ("quoting", .record(["database": .null, "schema": .null, "identifier": .null, "column": .null])),
            ("loaded_at_field", .optional(node.configuration.loadedAt)),
            ("loaded_at_query", .optional(node.configuration.loadedAtQuery)),
            ("freshness", node.configuration.freshness.map(SourcesArtifact.criteria) ?? .null), ("external", .null),
            ("source_meta", .object([])), ("config", .record(["enabled": .bool(true)])), ("unrendered_database", .null),
            ("unrendered_schema", .null),
        ])
    }

    private func json(_ node: Node) throws -> JSON {
        let sql = try graph.compiledSQL(of: node)
        var code = sql ?? ""
        // What is written down may be passed on.
        if case .operation(let text) = node.content { code = SecretMask.mask(text) }
        var members = common(node) + [
            ("alias", .string(node.alias)),
            ("checksum", .record(["name": .string("sha256"), "checksum": .string(checksum(of: node, code))])),
            ("config", config(node)),
            ("group", .optional(node.configuration.group)),
            ("docs", .record(["show": .bool(true), "node_color": .null])), ("build_path", .null),
            ("raw_code", .string(code)),
        ]
        guard node.kind != .seed else {
            return .object(members + [("root_path", .null), ("depends_on", .record(["macros": .array([])]))])
        }
        members += compiledMembers(node, sql)
        if node.kind == .model {
            members += [
                ("access", .string(node.configuration.access.rawValue)),
                ("constraints", .array([])), ("version", .null), ("latest_version", .null),
                ("deprecation_date", .null), ("primary_key", .array([])), ("time_spine", .null),
            ]
        }
        if case .test(let test) = node.content { members += testMembers(test) }
        return .object(members)
    }

    /// What everything that has a query says of it.
    private func compiledMembers(_ node: Node, _ sql: String?) -> [(String, JSON)] {
        let refs = node.dependencies.compactMap { graph[$0] }
        return [
            ("language", .string("sql")),
            ("refs", .array(refs.filter { $0.kind != .source }.map {
                .record(["name": .string($0.name), "package": .null, "version": .null])
            })),
            ("sources", .array(refs.filter { $0.kind == .source }.map {
                .strings([$0.schema.lowercased(), $0.name])
            })),
            ("metrics", .array([])), ("functions", .array([])),
            ("depends_on", .record(["macros": .array([]), "nodes": .strings(node.dependencies)])),
            ("compiled_path", sql == nil ? .null : .string("target/" + Runner.compiledPath(node, project: graph.name))),
            ("compiled", .bool(sql != nil)), ("compiled_code", .optional(sql)),
            ("extra_ctes_injected", .bool(true)), ("extra_ctes", .array([])),
            ("contract", .record([
                "enforced": .bool(node.configuration.isContractEnforced), "alias_types": .bool(true), "checksum": .null,
            ])),
        ]
    }

    /// A seed's checksum is of its file, everything else's of its query.
    private func checksum(of node: Node, _ code: String) -> String {
        var text = (try? graph.neutralSQL(of: node)) ?? code
        if case .seed(let seed) = node.content { text = seed.csv }
        return HexText.string(SHA.digest(.sha256, Array(text.utf8)))
    }

    private func testMembers(_ test: TestContent) -> [(String, JSON)] {
        guard let generic = test.generic else { return [] }
        var arguments = generic.arguments.map { ($0.name, JSON.string($0.value)) }
        if let column = generic.column { arguments.append(("column_name", .string(column))) }
        return [
            ("test_metadata", .record([
                "name": .string(generic.name), "kwargs": .object(arguments), "namespace": .optional(generic.namespace),
            ])),
            ("column_name", .optional(generic.column)), ("attached_node", .string(generic.attachedTo)),
            ("file_key_name", .null),
        ]
    }

    func config(_ node: Node) -> JSON {
        var members: [(String, JSON)] = [
            ("enabled", .bool(true)), ("alias", node.alias == node.name ? .null : .string(node.alias)),
            ("schema", node.schema == graph.target.schema ? .null : .string(node.schema)), ("database", .null),
            ("tags", .strings(node.tags)), ("meta", Manifest.meta(node)), ("group", .optional(node.configuration.group)),
            ("materialized", .string(node.materialization ?? "view")),
        ]
        if [.seed, .model, .snapshot].contains(node.kind) {
            members += [
                ("grants", .object(node.configuration.grants.sorted { $0.key < $1.key }.map { ($0, .strings($1)) })),
                ("pre-hook", Manifest.hooks(node.configuration.preHooks)),
                ("post-hook", Manifest.hooks(node.configuration.postHooks)),
            ]
        }
        switch node.content {
        case .model(let model):
            members += [
                ("access", .string(node.configuration.access.rawValue)),
                ("contract", .record(["enforced": .bool(node.configuration.isContractEnforced), "alias_types": .bool(true)])),
                ("event_time", .optional(node.configuration.eventTime)),
            ]
            if case .incremental(let strategy, let onSchemaChange) = model.kind {
                members += Manifest.incremental(model, strategy, onSchemaChange)
            }
        case .snapshot(let snapshot):
            members += [
                ("unique_key", .strings(snapshot.keys)), ("hard_deletes", .string(snapshot.hardDeletes.rawValue)),
                ("dbt_valid_to_current", snapshot.validToCurrent.map {
                    .string(SQLPrinter().print(LocalDateTime.literal($0)))
                } ?? .null),
                ("snapshot_meta_column_names", .object(snapshot.metaColumns.names.map { ($0.dbt, .string($0.given)) })),
            ]
            switch snapshot.strategy {
            case .timestamp(let stamp): members += [("strategy", .string("timestamp")), ("updated_at", .string(stamp))]
            case .check(let columns, let stamp):
                members += [
                    ("strategy", .string("check")), ("check_cols", columns.map { .strings($0) } ?? .string("all")),
                    ("updated_at", .optional(stamp)),
                ]
            }
        case .test(let test):
            members += [
                ("severity", .string(test.expectation.severity.rawValue)),
                ("fail_calc", .string(test.expectation.failCalc.lowercased())),
                ("error_if", .string(test.expectation.errorIf)), ("warn_if", .string(test.expectation.warnIf)),
                ("limit", test.expectation.limit.map(JSON.integer) ?? .null),
                ("store_failures", .bool(test.expectation.storesFailures)),
                ("where", .optional(test.expectation.filter)),
            ]
        case .source, .seed, .analysis, .unitTest, .exposure, .operation: break
        }
        return .object(members)
    }
}
