import MiniWarehouse
import WarehouseBasics

/// A function of the project that people run by its name, for what is no model: `run-operation list_models`.
/// ```swift
/// ProjectOperation("drop_old_schemas", "Drops schemas of branches that are gone.", arguments: ["keep"]) { run in
///     for schema in try run.rows("SHOW SCHEMAS IN DATABASE shop") where … { try run.rows("DROP SCHEMA …") }
/// }
/// ```
public struct ProjectOperation: Sendable {
    /// What it is run by.
    public let name: String
    /// What it does, for people.
    public let about: String
    /// Names of the arguments that it takes; others are refused.
    public let arguments: [String]
    private let body: @Sendable (Context) throws -> Void

    /// Takes what its properties say, and what it does.
    public init(
        _ name: String, _ about: String, arguments: [String] = [], _ body: @escaping @Sendable (Context) throws -> Void
    ) {
        self.name = name
        self.about = about
        self.arguments = arguments
        self.body = body
    }

    /// What an operation has to work with.
    public struct Context {
        /// The project, at the target and with the variables that are asked for.
        public let project: Project
        /// Where statements run.
        public let session: Session
        private let arguments: [String: String]
        private let output: (String) -> Void

        init(
            project: Project, session: Session, arguments: [String: String], output: @escaping (String) -> Void
        ) {
            session.serveProgram()
            self.project = project
            self.session = session
            self.arguments = arguments
            self.output = output
        }

        /// An argument's text; nil when it was not given.
        public subscript(argument: String) -> String? { arguments[argument] }

        /// Prints a line.
        public func print(_ line: String) { output(line) }

        /// The values of a column of the project's, most frequent first, then in their order (dbt_utils.get_column_values):
        /// what a list in code, such as that of an accepted-values test, is written from.
        public func values<R: Relation, V: SQLValue>(
            of relation: R.Type, _ column: KeyPath<R.Columns, Expr<V>>, limit: Int = 1000
        ) throws -> [String?] {
            let graph = project.graph()
            guard let name = graph.relations.first(where: { $0.value == relation }).flatMap({ graph[$0.key]?.relation }) else {
                throw WarehouseError(
                    .model, "\(R.name) is nothing that the project \(project.name) keeps in the warehouse.")
            }
            guard let field = R.Columns.columnName(column, naming: R.naming) else {
                throw WarehouseError(.model, "\(R.name): values(of:) names no column of it; name one of its Expr properties.")
            }
            let place = [name.database, name.schema, name.name].map(Identifiers.quoted).joined(separator: ".")
            return try rows(
                "SELECT \(Identifiers.quoted(field)) FROM \(place) GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT \(max(0, limit))")
                .map { $0[0] }
        }

        /// Runs statements and gives the rows of the last one, as text.
        @discardableResult
        public func rows(_ sql: String, _ parameters: Parameters = []) throws -> [[String?]] {
            try session.execute(sql, parameters).textRows()
        }
    }
}

extension Project {
    /// Runs the operation of that name. `arguments` is a JSON object, or nil for none. Throws `usage` when the project
    /// has no such operation, or when it does not take what is given; else what the operation throws.
    public func runOperation(
        _ name: String, arguments text: String? = nil, in session: Session, output: @escaping (String) -> Void
    ) throws {
        guard let operation = operations.first(where: { $0.name == name }) else {
            let known = operations.map(\.name).joined(separator: ", ")
            throw WarehouseError(
                .usage, "The project \(self.name) has no operation '\(name)'. "
                    + (known.isEmpty ? "It has none." : "Known are \(known)."),
                hint: Identifiers.hint(for: name, in: operations.map(\.name)))
        }
        try operation.run(arguments: text, of: self, in: session, output: output)
    }
}

extension ProjectOperation {
    fileprivate func run(
        arguments text: String?, of project: Project, in session: Session, output: @escaping (String) -> Void
    ) throws {
        var values: [String: String] = [:]
        if let text {
            guard let json = try? JSON(parsing: text), case .object(let members) = json else {
                throw WarehouseError(.usage, "--args takes a JSON object, such as '{\"kind\": \"model\"}'.")
            }
            for (key, value) in members {
                guard arguments.contains(key) else {
                    let known = arguments.joined(separator: ", ")
                    throw WarehouseError(
                        .usage, "The operation \(name) takes no argument '\(key)'. "
                            + (known.isEmpty ? "It takes none." : "It takes \(known)."),
                        hint: Identifiers.hint(for: key, in: arguments))
                }
                values[key] = value.string ?? value.text
            }
        }
        let context = Context(project: project, session: session, arguments: values, output: output)
        try Variables.$context.withValue(ProjectContext(variables: project.variables, target: project.target)) {
            try body(context)
        }
    }
}
