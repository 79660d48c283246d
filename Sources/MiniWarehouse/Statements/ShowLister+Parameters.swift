import WarehouseBasics
import WarehouseSQL

extension ShowLister {
    /// Of the session, the account, a user or a warehouse, with the level that has set each; of a table, schema or database
    /// those that such an object has.
    func parameters() throws -> ResultSet {
        var list = ParameterList(pattern: try pattern())
        let defaults = SessionParameters.defaults.sorted { $0.key < $1.key }
        switch statement.scope {
        case .database(let reference):
            addRetention(of: try reference.map { try ObjectFinder.require(.database, $0, run) }
                ?? run.resolver().currentDatabase(), to: &list)
        case .schema, .any:
            addRetention(of: try scopeSchemas().first, to: &list)
        case .kind(.table, let reference?):
            addRetention(of: try ObjectFinder.require(.table, reference, run), to: &list)
        case .kind(.table, nil):
            throw WarehouseError(.syntax, "SQL compilation error:\nSHOW PARAMETERS IN TABLE needs the table's name.")
        case .kind(.warehouse, let reference):
            try addParameters(ofWarehouse: reference, to: &list)
        case .kind(.user, let reference):
            let user = try user(reference)
            let inherited = InheritedParameters(of: user.name, catalog)
            for (name, standard) in defaults {
                list.add(name, standard, [("USER", inherited.user[name]), ("ACCOUNT", inherited.account[name])])
            }
        case .account:
            addRetention(of: nil, to: &list)
            let account = catalog.account.map(InheritedParameters.parameters) ?? [:]
            for (name, standard) in defaults { list.add(name, standard, [("ACCOUNT", account[name])]) }
        case .kind(.session, _), nil:
            let state = run.state
            for (name, standard) in defaults {
                list.add(name, standard, [("SESSION", state.parameters[name]), ("USER", state.inherited.user[name]),
                                          ("ACCOUNT", state.inherited.account[name])])
            }
        case .kind(let kind, _):
            throw StatementDispatcher.unsupported("SHOW PARAMETERS IN \(kind.rawValue)")
        }
        return list.rows.result
    }

    /// The user of that name, without a name the session's. Others' are shown to who may see them in DESC USER.
    private func user(_ reference: ObjectReference?) throws -> CatalogEntry {
        guard let reference else { return try run.resolver().requireTop(.user, run.state.user) }
        let found = try ObjectFinder.require(.user, reference, run)
        if found.name != run.state.user { try run.access().require(["MONITOR"], found, .active, reference.span) }
        return found
    }

    private func addRetention(of entry: CatalogEntry?, to list: inout ParameterList) {
        let (days, source) = catalog.retentionDays(of: entry)
        list.add(Retention.property, "\(Retention.standardDays)", [(source?.title.uppercased() ?? "", "\(days)")],
                 "number of days to retain the old version of deleted/updated data")
    }

    private func addParameters(ofWarehouse reference: ObjectReference?, to list: inout ParameterList) throws {
        let warehouse: CatalogEntry
        if let reference {
            warehouse = try ObjectFinder.require(.warehouse, reference, run)
        } else if let name = run.state.computeWarehouse {
            warehouse = try run.resolver().requireTop(.warehouse, name)
        } else {
            throw WarehouseError(.objectNotFound, "No active warehouse selected in the current session.",
                                 hint: "SHOW PARAMETERS IN WAREHOUSE takes a name, else USE WAREHOUSE selects one.")
        }
        let account = catalog.account.map(InheritedParameters.parameters) ?? [:]
        for (name, standard) in [("MAX_CONCURRENCY_LEVEL", "8"), ("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "0"),
                                 ("STATEMENT_TIMEOUT_IN_SECONDS", "172800")] {
            list.add(name, standard, [("WAREHOUSE", warehouse.attributes[name]?.display), ("ACCOUNT", account[name])])
        }
    }
}

/// Rows of SHOW PARAMETERS.
private struct ParameterList {
    let pattern: LikePattern?
    var rows = RowBuilder("key value default level description type")

    init(pattern: LikePattern?) { self.pattern = pattern }

    /// `levels`: the value that each has set, the one that counts first.
    mutating func add(_ name: String, _ standard: String, _ levels: [(level: String, value: String?)],
                      _ description: String = "") {
        guard pattern?.matches(name) ?? true else { return }
        let type = standard == "true" || standard == "false" ? "BOOLEAN" : Int(standard) != nil ? "NUMBER" : "STRING"
        let set = levels.first { $0.value != nil }
        rows.add([.text(name), .text(set?.value ?? standard), .text(standard), .text(set?.level ?? ""), .text(description),
                  .text(type)])
    }
}
