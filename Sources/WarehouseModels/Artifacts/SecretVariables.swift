import WarehouseBasics
import WarehouseSQL

/// Takes the values of a project's variables whose names promise secrets out of what is written down: artifacts, compiled
/// SQL, the log. The run itself has the true ones.
package struct SecretVariables: Sendable {
    /// What stands for a value.
    static let placeholder = "*****"
    /// A shorter value is taken out of `args` alone: it would spoil words that have nothing to do with it.
    private static let minimumCount = 4
    /// Of numbers: short ones are often something else, such as years and counts.
    private static let minimumDigits = 6

    /// The longest first, as one may be part of another; as they are, and as a literal of SQL writes them.
    private let values: [String]

    /// None.
    init() { values = [] }

    /// Those of a project's variables; a value that is part of a node's id stays, without which nothing finds the node.
    init(_ variables: [String: String], ids: some Sequence<String>) {
        let secrets = variables.filter { SecretNames.hide(variable: $0.key, value: $0.value) }.values
        let kept = secrets.filter { value in
            let minimum = Double(value) == nil ? SecretVariables.minimumCount : SecretVariables.minimumDigits
            return value.count >= minimum && !ids.contains { $0.contains(value) }
        }
        values = Set(kept.flatMap { [$0, $0.replacing("'", with: "''")] }).sorted { ($1.count, $0) < ($0.count, $1) }
    }

    /// A variable as `args` show it.
    static func shown(_ name: String, _ value: String) -> String {
        SecretNames.hide(variable: name, value: value) ? placeholder : value
    }

    package func masked(_ text: String) -> String {
        values.reduce(text) { $0.replacing($1, with: SecretVariables.placeholder) }
    }

    /// With all texts masked; names of members stay.
    func masked(_ json: JSON) -> JSON {
        guard !values.isEmpty else { return json }
        switch json {
        case .string(let text): return .string(masked(text))
        case .array(let elements): return .array(elements.map { masked($0) })
        case .object(let members): return .object(members.map { ($0.0, masked($0.1)) })
        case .null, .bool, .integer, .number: return json
        }
    }
}

extension ProjectGraph {
    /// What of the project's variables is not to be written down.
    package var secrets: SecretVariables { SecretVariables(lowering.context.variables, ids: nodes.lazy.map(\.id)) }
}
