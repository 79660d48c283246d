import WarehouseBasics

extension ScalarFunctions {
    private static func fact(_ name: String, aliases: [String] = [],
                             _ value: @escaping @Sendable (SessionContext) -> String?) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 0...0) { factory, _ in
            .constant(value(factory.session).map { .text($0) } ?? .null(.text))
        }
    }

    /// The schema that names without one resolve in, as a list.
    private static func schemas(_ session: SessionContext) -> String {
        guard let database = session.database, let schema = session.schema else { return "[]" }
        return "[\"\(Identifiers.quoted(database)).\(Identifiers.quoted(schema))\"]"
    }

    /// The statement's own instant, as a timestamp in the session's zone.
    private static func now(_ name: String, aliases: [String] = [],
                            _ type: @escaping @Sendable (Int) -> LogicalType) -> ScalarFunction {
        ScalarFunction(name, aliases: aliases, arguments: 0...1) { factory, arguments in
            let scale = try arguments.first.map { try factory.constantInteger($0, of: name) } ?? 9
            guard (0...9).contains(scale) else {
                throw WarehouseError(.invalidValue, "Invalid value [\(scale)] for function '\(name)', parameter 1: "
                    + "a scale of 0 to 9 is expected")
            }
            guard let ticks = Ticks.rescale(factory.session.statementTime, from: 9, to: scale) else {
                throw WarehouseError(.internalFault, "The statement's time cannot be represented.")
            }
            let instant = BoundExpression.constant(Constant(.integer(ticks), .timestampLTZ(scale: scale)))
            return try factory.cast(instant, to: type(scale))
        }
    }

    /// Facts of the session; constants within a statement.
    static let session: [ScalarFunction] = [
        now("CURRENT_TIMESTAMP", aliases: ["LOCALTIMESTAMP", "GETDATE", "SYSTIMESTAMP"]) { .timestampLTZ(scale: $0) },
        now("CURRENT_DATE") { _ in .date },
        now("CURRENT_TIME", aliases: ["LOCALTIME"]) { .time(scale: $0) },
        ScalarFunction("SYSDATE", arguments: 0...0) { factory, _ in
            .constant(Constant(.integer(factory.session.statementTime), .timestampNTZ(scale: 9)))
        },
        fact("CURRENT_ACCOUNT") { $0.account }, fact("CURRENT_REGION") { $0.region },
        fact("CURRENT_ROLE") { $0.role }, fact("CURRENT_USER") { $0.user }, fact("CURRENT_DATABASE") { $0.database },
        fact("CURRENT_SCHEMA") { $0.schema }, fact("CURRENT_WAREHOUSE") { $0.warehouse },
        fact("CURRENT_SESSION") { $0.sessionID }, fact("CURRENT_VERSION") { _ in "9.0.0" },
        fact("CURRENT_CLIENT") { _ in "mlwh" }, fact("CURRENT_ACCOUNT_NAME") { $0.account },
        fact("CURRENT_ROLE_TYPE") { _ in "ROLE" }, fact("CURRENT_STATEMENT") { $0.statement },
        fact("CURRENT_SCHEMAS") { schemas($0) }, fact("INVOKER_ROLE") { $0.role }, fact("INVOKER_SHARE") { _ in nil },
        fact("CURRENT_TRANSACTION") { $0.transactionID },
        fact("CURRENT_ORGANIZATION_NAME") { $0.account },
        ScalarFunction("LAST_QUERY_ID", arguments: 0...1) { factory, arguments in
            let offset = try arguments.first.map { try factory.constantInteger($0, of: "LAST_QUERY_ID") } ?? -1
            return .constant(factory.session.pastQueries[offset].map { .text($0) } ?? .null(.text))
        },
    ]
}
