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
            self.project = project
            self.session = session
            self.arguments = arguments
            self.output = output
        }

        /// An argument's text; nil when it was not given.
        public subscript(argument: String) -> String? { arguments[argument] }

        /// Prints a line.
        public func print(_ line: String) { output(line) }

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
