import ArgumentParser

/// `@stage/path` or `s3://bucket/prefix`, as a text of SQL.
struct StageLocationArgument {
    let sql: String

    init(_ text: String) throws {
        guard text.hasPrefix("@") && text.utf8.count > 1 || text.contains("://") else {
            throw ValidationError("'\(text)' is no stage: it is written @stage/path or s3://bucket/prefix.")
        }
        sql = StageLocationArgument.quoted(text)
    }

    /// A text in SQL's quotes.
    static func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" ? "''" : $0 == "\\" ? "\\\\" : String($0) }.joined() + "'"
    }
}
