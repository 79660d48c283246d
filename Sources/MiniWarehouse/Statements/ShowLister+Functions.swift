import WarehouseBasics
import WarehousePlan

extension ShowLister {
    /// SHOW USER FUNCTIONS, and with the system's own SHOW FUNCTIONS.
    func functions(withBuiltIn: Bool) throws -> ResultSet {
        var rows = RowBuilder("created_on@ name schema_name is_builtin is_aggregate is_ansi min_num_arguments# "
            + "max_num_arguments# arguments description catalog_name is_table_function valid_for_clustering is_secure "
            + "secrets external_access_integrations is_external_function language is_memoizable is_data_metric")
        let no = ScalarValue.text("N")
        let pattern = try pattern()
        let entries = try scopeSchemas().flatMap(children)
            .filter { $0.kind == .function && pattern?.matches($0.functionName) ?? true }
        for entry in entries {
            let place = catalog.fullName(entry), parameters = entry.functionParameters
            rows.add([.moment(entry.createdAt), .text(entry.functionName), .text(place.schema), no, no, no,
                      .count(parameters.count { $0.defaultText == nil }), .count(parameters.count),
                      .text(entry.functionArguments),
                      .text(entry.comment.isEmpty ? "user-defined function" : entry.comment), .text(place.database),
                      .yesNo(entry.isTableFunction), no, .yesNo(entry.isSecure), .null, .null, no,
                      .text("SQL"), no, no])
        }
        for function in run.warehouse.functions.all where pattern?.matches(function.name) ?? true {
            let types = function.parameters.map { UserFunctions.typeName($0.type.logicalType) }.joined(separator: ", ")
            rows.add([.null, .text(function.name), .text(""), no, .yesNo(function.isAggregate), no,
                      .count(function.parameters.count), .count(function.parameters.count),
                      .text("\(function.name)(\(types)) RETURN \(UserFunctions.typeName(function.result.logicalType))"),
                      .text("registered function"), .text(""), no, no, no, .null, .null, no, .text("SWIFT"), no, no])
        }
        guard withBuiltIn else { return rows.result }
        let scalar = ScalarFunctions.all.map { ($0.name, $0.minimumArguments, $0.maximumArguments, false) }
        let aggregates = AggregateFunctions.all.map { ($0.name, $0.minimumArguments, $0.maximumArguments, true) }
        for (name, least, most, isAggregate) in (scalar + aggregates).sorted(by: { $0.0 < $1.0 })
        where pattern?.matches(name) ?? true {
            rows.add([.null, .text(name), .text(""), .text("Y"), .yesNo(isAggregate), no, .count(least),
                      .count(most ?? 1000), .text(name), .text("function of the system"), .text(""), no, no, no, .null,
                      .null, no, .text("BUILTIN"), no, no])
        }
        return rows.result
    }
}
