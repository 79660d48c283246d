/// How a script's records ended.
public struct ScriptReport: Sendable {
    /// A record that did not end as the script says.
    public struct Failure: Sendable {
        public var file: String
        public var line: Int
        public var sql: String
        /// What is wrong, on one line or as a diff.
        public var detail: String
    }

    public var passed = 0
    public var failures: [Failure] = []
    /// Why the script was not run, when a `require` was not met.
    public var skipped: String?

    public init() {}
}

extension ScriptReport.Failure: CustomStringConvertible {
    /// `file:line`, the SQL indented, and what is wrong.
    public var description: String {
        var text = "\(file):\(line): failed\n"
        for line in sql.split(separator: "\n", omittingEmptySubsequences: false) { text += "    \(line)\n" }
        return text + detail
    }
}
