import WarehouseBasics
import WarehouseSQL

// What stands apart from the nodes: unit tests, exposures, groups.
extension Manifest {
    /// A unit test, which stands apart from the nodes.
    func unitTest(_ node: Node) -> JSON? {
        guard case .unitTest(let test) = node.content else { return nil }
        func rows(_ fixture: Fixture, _ input: String?) -> JSON {
            let rows = fixture.rows.map { row in
                JSON.object(zip(fixture.columns, row).filter { $1.kind != .literal(.null) }.map {
                    ($0.name.lowercased(), JSON.string(GenericTests.text($1)))
                })
            }
            let members: [(String, JSON)] = [("rows", .array(rows)), ("format", .string("dict")), ("fixture", .null)]
            return .object((input.map { [("input", JSON.string($0))] } ?? []) + members)
        }
        return .object([
            ("model", .string(test.testedName)), ("given", .array(test.given.map { rows($0, $0.input) })),
            ("expect", rows(test.expected, nil)), ("name", .string(node.name)), ("resource_type", .string("unit_test")),
            ("package_name", .string(graph.name)), ("path", .string(node.declaration)),
            ("original_file_path", .string(node.declaration)), ("unique_id", .string(node.id)),
            ("fqn", .strings([graph.name, test.testedName, node.name])), ("description", .string(node.about)),
            ("overrides", .null), ("depends_on", .record(["macros": .array([]), "nodes": .strings(node.dependencies)])),
            ("config", .record(["tags": .strings(node.tags), "meta": .object([]), "enabled": .bool(true)])),
            ("checksum", .null),
            ("schema", .string(node.schema)), ("created_at", .number(Double(metadata.time) / 1e9)),
            ("versions", .null), ("version", .null),
        ])
    }

    /// An exposure.
    func exposure(_ node: Node) -> JSON? {
        guard case .exposure(let exposure) = node.content else { return nil }
        return .object([
            ("name", .string(node.name)), ("resource_type", .string("exposure")), ("package_name", .string(graph.name)),
            ("path", .string(node.declaration)), ("original_file_path", .string(node.declaration)),
            ("unique_id", .string(node.id)), ("fqn", .strings([graph.name, node.name])),
            ("type", .string(exposure.kind.rawValue)),
            ("owner", .record(["email": .optional(exposure.ownerEmail), "name": .string(exposure.ownerName)])),
            ("description", .string(node.about)), ("label", .optional(exposure.label)),
            ("maturity", .optional(exposure.maturity)),
            ("meta", Manifest.meta(node)), ("tags", .strings(node.tags)),
            ("config", .record(["enabled": .bool(true), "tags": .strings(node.tags), "meta": Manifest.meta(node)])),
            ("unrendered_config", .object([])), ("url", .optional(exposure.url)),
            ("depends_on", .record(["macros": .array([]), "nodes": .strings(node.dependencies)])),
            ("refs", .array(node.dependencies.compactMap { graph[$0] }.filter { $0.kind != .source }.map {
                .record(["name": .string($0.name), "package": .null, "version": .null])
            })),
            ("sources", .array(node.dependencies.compactMap { graph[$0] }.filter { $0.kind == .source }.map {
                .strings([$0.schema.lowercased(), $0.name])
            })),
            ("metrics", .array([])), ("created_at", .number(Double(metadata.time) / 1e9)),
        ])
    }

    /// The first page of the documentation's site, which does not open without one.
    var overview: JSON {
        let about = graph.nodes.filter { $0.kind == .model && !$0.about.isEmpty }.map { "- **\($0.name)**: \($0.about)" }
        return .record([
            "name": .string("__overview__"), "resource_type": .string("doc"), "package_name": .string(graph.name),
            "path": .string("overview.md"), "original_file_path": .string("overview.md"),
            "unique_id": .string("doc.\(graph.name).__overview__"),
            "block_contents": .string("# \(graph.name)\n\n" + about.joined(separator: "\n") + "\n"),
        ])
    }

    /// A group of people.
    func group(_ group: ResourceGroup) -> JSON {
        .record([
            "name": .string(group.name), "resource_type": .string("group"), "package_name": .string(graph.name),
            "path": .string(""), "original_file_path": .string(""), "unique_id": .string("group.\(graph.name).\(group.name)"),
            "owner": .record(["email": .optional(group.ownerEmail), "name": .string(group.ownerName)]),
            "description": .null, "config": .record(["meta": .object([])]),
        ])
    }

    /// How an incremental model is added to.
    static func incremental(
        _ model: ModelContent, _ strategy: ModelKind.Strategy, _ onSchemaChange: OnSchemaChange
    ) -> [(String, JSON)] {
        var members: [(String, JSON)] = [
            ("incremental_strategy", .string(strategy.name)),
            ("unique_key", strategy.keys.isEmpty ? .null : .strings(strategy.keys)),
            ("on_schema_change", .string(onSchemaChange.rawValue)),
            ("incremental_predicates", model.predicate.map { .strings([SQLPrinter().print($0)]) } ?? .null),
        ]
        if case .merge(_, let updating?) = strategy { members.append(("merge_update_columns", .strings(updating))) }
        if case .microbatch(let batch) = strategy {
            members += [
                ("begin", .string(LocalDateTime.text(batch.begin))), ("batch_size", .string(batch.size.rawValue)),
                ("lookback", .integer(batch.lookback)),
            ]
        }
        return members
    }

    /// What is said of a node beside all else.
    static func meta(_ node: Node) -> JSON {
        .object(node.configuration.meta.sorted { $0.key < $1.key }.map { ($0, .string($1)) })
    }

    /// Statements before or after a node.
    static func hooks(_ texts: [String]) -> JSON {
        // What is written down may be passed on.
        .array(texts.map { .record(["sql": .string(SecretMask.mask($0)), "transaction": .bool(true), "index": .null]) })
    }
}
