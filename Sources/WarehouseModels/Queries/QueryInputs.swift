import WarehouseBasics
import WarehousePlan
import WarehouseSQL

/// What decides what a query gives, read off its tree.
enum QueryInputs {
    /// The tables and views that it reads, by their whole names; nil when that, or what it gives of them, is not
    /// certain: when it reads files, time or chance, calls functions of one's own, or names a table by less than three
    /// parts.
    static func relations(of query: WarehouseSQL.Query) -> [ObjectName]? {
        let named = Collected<[Identifier]>()
        let common = Collected<String>()
        let doubts = Collected<Bool>()
        var rewriter = TreeRewriter(
            expression: { tree in
                if isDoubtful(tree) { doubts.elements.append(true) }
                return nil
            },
            relation: { reference in
                if let parts = reference.parts { named.elements.append(parts) } else { doubts.elements.append(true) }
                return reference
            },
            call: { if !isCertain($0) { doubts.elements.append(true) } },
            item: { if isDoubtful($0) { doubts.elements.append(true) } },
            query: { common.elements += $0.with?.tables.map(\.name.name) ?? [] })
        _ = rewriter.rewrite(query)
        guard doubts.elements.isEmpty else { return nil }
        var result: [ObjectName] = []
        for parts in named.elements {
            if parts.count == 1, common.elements.contains(parts[0].name) { continue }
            guard parts.count == 3 else { return nil }
            let name = ObjectName(database: parts[0].name, schema: parts[1].name, name: parts[2].name)
            if !result.contains(name) { result.append(name) }
        }
        return result
    }

    private static func isDoubtful(_ tree: Expression) -> Bool {
        switch tree.kind {
        case .variable, .parameter, .identifier, .fileColumn: true
        // A sequence's next number looks like a column.
        case .column(let parts): parts.last?.name == "NEXTVAL"
        default: false
        }
    }

    private static func isDoubtful(_ item: TableExpression) -> Bool {
        switch item.kind {
        case .stage: true
        case .table(_, let timeTravel): timeTravel != nil || item.sample != nil
        default: item.sample != nil
        }
    }

    private static let tableFunctions: Set<String> = ["FLATTEN", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE", "GENERATOR"]
    /// Numbers of rows, which are the same in every run.
    private static let rowNumbers: Set<String> = ["SEQ1", "SEQ2", "SEQ4", "SEQ8"]
    private static let momentary: Set<String> = [
        "LOCALTIMESTAMP", "GETDATE", "SYSTIMESTAMP", "LOCALTIME", "SYSDATE", "INVOKER_ROLE", "INVOKER_SHARE",
        "LAST_QUERY_ID", "IS_ROLE_IN_SESSION", "IS_DATABASE_ROLE_IN_SESSION", "GETVARIABLE",
    ]

    /// Whether a call gives the same of the same arguments, whenever and by whomever it is run.
    private static func isCertain(_ call: FunctionCall) -> Bool {
        guard let name = call.simpleName, !name.hasPrefix("CURRENT_"), !momentary.contains(name) else { return false }
        if AggregateFunctions.function(named: name) != nil || WindowFunctions.isWindowFunction(name) { return true }
        if rowNumbers.contains(name) { return true }
        if tableFunctions.contains(name) || HigherOrderFunctions.names.contains(name) { return true }
        guard let function = ScalarFunctions.function(named: name) else { return false }
        return !function.isVolatile && !momentary.contains(function.name) && !function.name.hasPrefix("CURRENT_")
    }
}
