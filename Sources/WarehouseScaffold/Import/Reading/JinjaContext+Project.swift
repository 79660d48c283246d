import WarehouseBasics

extension JinjaContext {
    /// What a project tells its templates. `others` are names of snapshots that their files do not have.
    init(_ project: DbtProject, others: Set<String>, versions: [String: (latest: String, files: [String: String])]) {
        let keys = Set(project.resources.map(\.key)).union(others.map { "ref:\($0)" })
        self.init(
            relation: { keys.contains("ref:\($0)") ? "ref:\($0)" : nil },
            source: { keys.contains("source:\($0).\($1)") ? "source:\($0).\($1)" : nil })
        variables = project.variables
        version = { name, wanted in
            guard let known = versions[name], let file = known.files[wanted ?? known.latest] else { return nil }
            return keys.contains("ref:\(file)") ? "ref:\(file)" : nil
        }
        columns = { key in
            guard let resource = project[key] else { return nil }
            if resource.kind == .seed {
                return SeedRecords(resource.csv)?.header.map { Identifiers.folded($0.trimmingSpaces) }
            }
            return resource.columns.map(\.name)
        }
        values = { key, column in
            guard let resource = project[key] else { return nil }
            let stored = SQLNames.stored(column)
            if resource.kind == .seed, let records = SeedRecords(resource.csv),
               let place = records.header.firstIndex(where: { Identifiers.folded($0.trimmingSpaces) == stored }) {
                return records.values(of: place)
            }
            let tests = resource.columns.first { $0.name == stored }?.tests ?? []
            let accepted = tests.first { $0.name == "accepted_values" }?.arguments["values"].texts ?? []
            return accepted.isEmpty ? nil : accepted
        }
        let parts = { (key: String) -> [JinjaMember]? in
            project[key].map { JinjaContext.parts(of: $0, in: project, database: "") }
        }
        self.parts = parts
    }

    /// Names of where a relation will be: what `this.schema` and its kin give.
    static func parts(of resource: DbtResource, in project: DbtProject, database: String) -> [JinjaMember] {
        var parts = [("identifier", resource.text("alias") ?? resource.name)]
        if resource.kind == .source {
            let words = resource.table.split(separator: ".").map(String.init)
            parts = [("identifier", words.last ?? "")]
            if words.count > 1 { parts.append(("schema", words[words.count - 2])) }
            if words.count > 2 { parts.append(("database", words[0])) }
        } else {
            let own = resource.text("schema")
            parts.append(("schema", own.map { project.hasOwnSchemaNames ? $0 : "DEV_" + $0 } ?? "DEV"))
            if !database.isEmpty { parts.append(("database", resource.text("database") ?? database)) }
        }
        let name = parts[0].1
        parts += [("name", resource.kind == .source ? name : resource.name), ("table", name), ("alias", name)]
        return parts.map { JinjaMember(key: $0.0, value: .string($0.1)) }
    }
}
