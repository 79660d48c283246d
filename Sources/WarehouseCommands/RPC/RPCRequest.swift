import WarehouseBasics

/// One request: `{"sql":"…","conn":"name"}`. Other keys are ignored; of equal keys the last counts.
struct RPCRequest {
    let sql: String
    /// The session's name; nil: the first one.
    let connection: String?

    /// Reads a line. Throws `usage` with the place of what is wrong.
    init(_ line: [UInt8]) throws(WarehouseError) {
        var reader = JSONRequestReader(line)
        let members = try reader.readObject(keys: ["sql", "conn"])
        guard case .string(let sql)? = members["sql"] else {
            throw WarehouseError(
                .usage, members["sql"] == nil ? "The request has no \"sql\"." : "\"sql\" of the request is no string.",
                hint: "A request is one JSON object a line, such as {\"sql\":\"SELECT 1\"}.")
        }
        self.sql = sql
        switch members["conn"] {
        case .string(let name)?: connection = name
        case .null?, nil: connection = nil
        case .other?: throw WarehouseError(.usage, "\"conn\" of the request is no string.")
        }
    }
}
