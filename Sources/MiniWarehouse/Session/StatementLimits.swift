import WarehouseBasics

/// The session parameters that bound what one statement takes.
struct StatementLimits {
    /// nil: what the warehouse was opened with.
    let memoryBytes: Int?
    let spillBytes: Int?
    /// Bytes of the rows that a query gives; nil: as many as fit in memory.
    let resultBytes: Int?
    /// Rows of a query's result; those beyond are left out. nil: all.
    let resultRows: Int?
    let threads: Int?

    static let maximumTimeout = 604_800
    static let maximumThreads = 1024

    init(_ parameters: [String: String]) {
        memoryBytes = parameters["MEMORY_LIMIT"].flatMap(ByteSize.parse)
        spillBytes = parameters["MAX_TEMP_DIRECTORY_SIZE"].flatMap(ByteSize.parse)
        resultBytes = parameters["MAX_RESULT_SIZE"].flatMap(ByteSize.parse)
        resultRows = parameters["ROWS_PER_RESULTSET"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        threads = parameters["THREADS"].flatMap { Int($0) }
    }

    /// Whether a parameter may have a value; what it may have, if not.
    static func problem(_ name: String, _ value: String) -> String? {
        switch name {
        case "MEMORY_LIMIT":
            if value.isEmpty || (ByteSize.parse(value) ?? 0) >= ByteSize.leastMemory { return nil }
            return "a size of at least 1MB such as '512MB' or '4GB', or '' for the warehouse's own"
        case "MAX_TEMP_DIRECTORY_SIZE":
            return value.isEmpty || ByteSize.parse(value) != nil ? nil : "a size such as '512MB' or '4GB', or '' for any"
        case "MAX_RESULT_SIZE":
            if value.isEmpty || (ByteSize.parse(value) ?? 0) >= ByteSize.leastMemory { return nil }
            return "a size of at least 1MB such as '512MB' or '4GB', or '' for what fits in memory"
        case "ROWS_PER_RESULTSET":
            return (Int(value) ?? -1) >= 0 ? nil : "a number of rows from 0 up, where 0 says all"
        case "THREADS":
            if value.isEmpty { return nil }
            return (1...maximumThreads).contains(Int(value) ?? 0) ? nil : "a number from 1 to \(maximumThreads)"
        case "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS":
            return (Int(value) ?? -1) >= 0 ? nil : "a number of seconds from 0 up"
        case "STATEMENT_TIMEOUT_IN_SECONDS":
            return (0...maximumTimeout).contains(Int(value) ?? -1) ? nil : "a number of seconds from 0 to \(maximumTimeout)"
        default: return nil
        }
    }
}
