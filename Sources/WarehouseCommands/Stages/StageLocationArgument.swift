import ArgumentParser
import WarehouseBasics

/// `@stage/path` or `s3://bucket/prefix`, as a text of SQL.
struct StageLocationArgument {
    let sql: String

    init(_ text: String) throws {
        guard text.hasPrefix("@") && text.utf8.count > 1 || text.contains("://") else {
            throw ValidationError("'\(text)' is no stage: it is written @stage/path or s3://bucket/prefix.")
        }
        sql = StageLocationArgument.quoted(text)
    }

    /// Runs `body`, whose statements the tool wrote: a place in one of them would tell a person nothing.
    static func withoutPlaces<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as WarehouseError {
            error.span = nil
            throw error
        }
    }

    /// A text in SQL's quotes.
    static func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" ? "''" : $0 == "\\" ? "\\\\" : String($0) }.joined() + "'"
    }
}
