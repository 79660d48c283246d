import WarehouseBasics
import WarehouseEngine
import WarehousePlan
import WarehouseSQL

/// Table functions that read the catalog, stages or kept results.
struct CatalogFunctions {
    let run: StatementRun
    let resolver: NameResolver

    /// The function's rows; nil when there is none of that name.
    func table(_ name: String, _ arguments: [CatalogArgument]) throws -> (any CatalogTable)? {
        switch name {
        case "RESULT_SCAN": ResultTable(try resultScan(Arguments(name, arguments, ["QUERY_ID"])), name: name)
        case "INFER_SCHEMA":
            ResultTable(try InferSchema.run(Arguments(name, arguments, InferSchema.arguments), run), name: name)
        case "VALIDATE": ResultTable(try validate(Arguments(name, arguments, ["TABLE", "JOB_ID"])), name: name)
        case "COPY_HISTORY":
            ResultTable(try copyHistory(Arguments(name, arguments, ["TABLE_NAME", "START_TIME", "END_TIME"])), name: name)
        case "DIRECTORY": ResultTable(try StageDirectory.rows(Arguments(name, arguments, ["STAGE"]), run), name: name)
        default: nil
        }
    }

    /// Arguments by their names, or by their places.
    struct Arguments {
        let function: String
        private var values: [String: [Constant]] = [:]

        init(_ function: String, _ arguments: [CatalogArgument], _ names: [String]) throws {
            self.function = function
            for (index, argument) in arguments.enumerated() {
                let name = argument.name ?? (index < names.count ? names[index] : "\(index + 1)")
                guard names.contains(name) else {
                    throw WarehouseError(
                        .invalidArgumentTypes, "SQL compilation error:\ninvalid argument for function [\(function)] unexpected "
                            + "argument [\(name)] at position \(index + 1),", hint: Identifiers.hint(for: name, in: names))
                }
                guard values.updateValue(argument.values, forKey: name) == nil else {
                    throw WarehouseError(.invalidArgumentTypes, "SQL compilation error:\ninvalid argument for function "
                        + "[\(function)]: [\(name)] is given twice.")
                }
            }
        }

        func list(_ name: String) throws -> [String]? {
            try values[name]?.map { value in
                guard let text = value.text else { throw invalid(name) }
                return text
            }
        }

        private func one(_ name: String) throws -> Constant? {
            guard let list = values[name] else { return nil }
            guard list.count == 1 else { throw invalid(name) }
            return list[0].value == .null ? nil : list[0]
        }

        func text(_ name: String) throws -> String? {
            guard let value = try one(name) else { return nil }
            guard let text = value.text else { throw invalid(name) }
            return text
        }

        /// A text, or a whole number as its digits.
        func textOrNumber(_ name: String) throws -> String? {
            guard let value = try one(name) else { return nil }
            if case .integer(let number) = value.value, value.type.scale == 0 { return "\(number)" }
            return try text(name)
        }

        func required(_ name: String) throws -> String {
            guard let text = try text(name) else {
                throw WarehouseError(.argumentCount, "SQL compilation error:\nmissing required argument [\(name)] for function "
                    + "[\(function)]")
            }
            return text
        }

        func flag(_ name: String) throws -> Bool? {
            guard let value = try one(name) else { return nil }
            guard case .boolean(let flag) = value.value else { throw invalid(name) }
            return flag
        }

        /// A number above 0.
        func count(_ name: String) throws -> Int? {
            guard let value = try one(name) else { return nil }
            guard case .integer(let number) = value.value, value.type.scale ?? 0 == 0, let count = Int(exactly: number),
                  count > 0 else { throw invalid(name) }
            return count
        }

        /// Nanoseconds since the epoch.
        func moment(_ name: String, _ run: StatementRun) throws -> Int64? {
            guard let value = try one(name) else { return nil }
            let cast = BoundExpression.cast(.constant(value), to: .timestampLTZ(scale: 9), isTry: false)
            guard case .integer(let time)? = try EngineConstantFolder(context: run.queryContext).fold(cast)?.value else {
                throw invalid(name)
            }
            return Int64(clamping: time)
        }

        private func invalid(_ name: String) -> WarehouseError {
            WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value for property '\(name)' of \(function)")
        }
    }

    private func resultScan(_ arguments: Arguments) throws -> ResultSet {
        guard let wanted = try arguments.text("QUERY_ID") else {
            throw WarehouseError(.invalidValue, "RESULT_SCAN needs the id of a query, such as LAST_QUERY_ID().")
        }
        // `FROM $n` in a chain of statements; no query's id begins so.
        if wanted.hasPrefix("$"), let back = Int(wanted.dropFirst()), back >= 1, back <= run.chain.count {
            return run.chain[run.chain.count - back]
        }
        guard let found = run.state.results.last(where: { $0.id == wanted }) else {
            throw WarehouseError(.invalidValue, "The result of query '\(wanted)' is not kept any more.",
                                 hint: "Results of the session's last \(SessionState.keptResults) statements are kept.")
        }
        return found.result
    }

    private func validate(_ arguments: Arguments) throws -> ResultSet {
        let entry = try table(try arguments.required("TABLE")), job = try arguments.required("JOB_ID")
        // What was to be loaded is shown: to who may read the table, or has just tried to load it.
        let isOwn = job == "_last" || job == run.state.lastCopyID
        try resolver.access.require(isOwn ? ["SELECT", "INSERT"] : ["SELECT"], entry)
        return try CopyValidation.validate(entry, job: job, run)
    }

    private func table(_ name: String) throws -> CatalogEntry {
        let entry = try resolver.require(.table, Parser.parseObjectName(name).map(\.name))
        guard entry.kind == .table else { throw WarehouseError(.invalidValue, "'\(name)' is no table.") }
        return entry
    }

    private func copyHistory(_ arguments: Arguments) throws -> ResultSet {
        let entry = try table(try arguments.required("TABLE_NAME")), name = resolver.catalog.fullName(entry)
        guard let start = try arguments.moment("START_TIME", run) else {
            throw WarehouseError(.argumentCount, "SQL compilation error:\nmissing required argument [START_TIME] for function "
                + "[COPY_HISTORY]")
        }
        let end = try arguments.moment("END_TIME", run) ?? .max
        let earliest = run.timestamp - LoadHistory.shown
        guard start >= earliest else {
            throw WarehouseError(.invalidValue, "Cannot retrieve data from more than 14 days ago.",
                                 hint: "START_TIME => DATEADD(days, -14, CURRENT_TIMESTAMP()) or later.")
        }
        var rows = RowBuilder("FILE_NAME STAGE_LOCATION LAST_LOAD_TIME@ ROW_COUNT# ROW_PARSED# FILE_SIZE# FIRST_ERROR_MESSAGE "
            + "FIRST_ERROR_LINE_NUMBER# FIRST_ERROR_CHARACTER_POS# FIRST_ERROR_COLUMN_NAME ERROR_COUNT# ERROR_LIMIT# STATUS "
            + "TABLE_CATALOG_NAME TABLE_SCHEMA_NAME TABLE_NAME PIPE_CATALOG_NAME PIPE_SCHEMA_NAME PIPE_NAME "
            + "PIPE_RECEIVED_TIME@ FIRST_COMMIT_TIME@")
        for load in LoadHistory(of: entry, resolver.catalog).loads(since: start, until: end) {
            func count(_ name: String) -> ScalarValue { .count(load.attributes[name]?.integer) }
            rows.add([
                .text(load.text("PATH") ?? load.text("FILE")), .text(load.text("STAGE")), .moment(load.createdAt),
                count("ROWS"), count("PARSED"), count("SIZE"), .text(load.text("FIRST_ERROR")), count("LINE"),
                count("CHARACTER"), .text(load.text("COLUMN")), count("ERRORS"), count("LIMIT"), .text(status(load)),
                .text(name.database), .text(name.schema), .text(name.name), .null, .null, .null, .null, .null,
            ])
        }
        return rows.result
    }

    private func status(_ load: CatalogEntry) -> String {
        switch load.text("STATUS") {
        case "PARTIALLY_LOADED": "Partially loaded"
        case "LOAD_FAILED": "Load failed"
        default: "Loaded"
        }
    }
}
