/// One record of a sqllogictest script, and the line its first word stands on.
public struct ScriptRecord: Sendable {
    public var line: Int
    /// Engines named by `onlyif` lines above the record; empty: any.
    public var onlyIf: [String] = []
    /// Engines named by `skipif` lines above the record.
    public var skipIf: [String] = []
    public var command: ScriptCommand
}

/// What a record asks for. The format is SQLite's sqllogictest with the additions that DuckDB's and
/// sqllogictest-rs' scripts use; https://www.sqlite.org/sqllogictest/doc/trunk/about.wiki describes the core.
public indirect enum ScriptCommand: Sendable {
    case statement(StatementCheck)
    case query(QueryCheck)
    /// `control sortmode MODE`: the sort mode of queries that name none.
    case sortMode(SortMode)
    /// `hash-threshold N`: answers of more values are written as a hash by `--accept`.
    case hashThreshold(Int)
    /// `halt`: the rest of the script is not run.
    case halt
    /// `connection NAME`: the next record runs in that session.
    case connection(String)
    /// `restart`: the warehouse is closed and opened again.
    case restart
    /// `include FILE`, relative to the script.
    case include(String)
    /// `require FEATURE`: the script is skipped where the feature is absent.
    case require(String)
    /// `control substitution on` or `off`: whether `$NAME` stands for every variable.
    case substitution(Bool)
    /// `mode skip` and `mode unskip`.
    case skipping(Bool)
    /// `loop VAR FROM TO` and `foreach VAR VALUE…` up to `endloop`.
    case loop(variable: String, values: [String], body: [ScriptRecord])
}

/// What a `statement` record expects.
public struct StatementCheck: Sendable {
    public enum Outcome: Sendable {
        case success
        /// Success with so many rows inserted, updated or deleted.
        case count(Int)
        case failure(ErrorPattern)
        /// Either way.
        case any
    }

    public var outcome: Outcome
    public var connection: String?
    public var sql: String
}

/// What a `query` record expects.
public struct QueryCheck: Sendable {
    /// One letter a column: I integer, R real, T text; other letters mean text.
    public var types: [Character]
    /// nil: the script's `control sortmode`, nosort at first.
    public var sortMode: SortMode?
    /// Queries of one label give one answer.
    public var label: String?
    public var connection: String?
    public var sql: String
    /// The lines below `----`; nil: the answer is not checked.
    public var expected: [String]?
    /// Where those lines stand, for `--accept`: the line after `----` and how many there are.
    public var answerLine: Int
    /// Not nil: the query must fail so.
    public var failure: ErrorPattern?
}

/// How rows are put in order before they are compared.
public enum SortMode: String, Sendable {
    case nosort
    /// Whole rows by their text.
    case rowsort
    /// All values by their text, rows forgotten.
    case valuesort
}

/// What an error's text must look like.
public enum ErrorPattern: Sendable {
    case anything
    /// A regular expression found somewhere in the text (the rest of the `statement error` line).
    case regex(String)
    /// Text found somewhere in it, spaces and line ends being one (the block below `----`); `<REGEX>:` before it makes
    /// it a regular expression.
    case text(String)
}
