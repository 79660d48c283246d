import WarehouseBasics
import WarehouseSQL

extension ShowLister {
    /// Of the session; of a table, schema or database those that such an object has; of the account both.
    func parameters() throws -> ResultSet {
        var rows = RowBuilder("key value default level description type")
        let pattern = try pattern()
        func add(_ name: String, _ value: String, _ standard: String, level: String, _ description: String = "") {
            guard pattern?.matches(name) ?? true else { return }
            let type = standard == "true" || standard == "false" ? "BOOLEAN"
                : Int(standard) != nil ? "NUMBER" : "STRING"
            rows.add([.text(name), .text(value), .text(standard), .text(level), .text(description), .text(type)])
        }
        func addRetention(of entry: CatalogEntry?) {
            let (days, source) = catalog.retentionDays(of: entry)
            add(Retention.property, "\(days)", "\(Retention.standardDays)", level: source?.title.uppercased() ?? "",
                "number of days to retain the old version of deleted/updated data")
        }
        switch statement.scope {
        case .database(let reference):
            addRetention(of: try reference.map { try ObjectFinder.require(.database, $0, run) }
                ?? run.resolver().currentDatabase())
            return rows.result
        case .schema, .any:
            addRetention(of: try scopeSchemas().first)
            return rows.result
        case .kind(.table, let reference?):
            addRetention(of: try ObjectFinder.require(.table, reference, run))
            return rows.result
        case .kind(.table, nil):
            throw WarehouseError(.syntax, "SQL compilation error:\nSHOW PARAMETERS IN TABLE needs the table's name.")
        case .account: addRetention(of: nil)
        default: break
        }
        for (name, standard) in SessionParameters.defaults.sorted(by: { $0.key < $1.key }) {
            let set = run.state.parameters[name]
            add(name, set ?? standard, standard, level: set == nil ? "" : "SESSION")
        }
        return rows.result
    }
}
