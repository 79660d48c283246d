import WarehouseBasics
import WarehouseSQL

extension StatementRun {
    /// Name parts of a reference as written or as IDENTIFIER(…) computes it.
    func parts(_ reference: ObjectReference) throws -> [String] {
        switch reference.kind {
        case .name(let identifiers):
            return identifiers.map(\.name)
        case .computed(let source):
            return try Parser.parseObjectName(text(of: source, reference.span)).map(\.name)
        }
    }

    /// What `IDENTIFIER(…)` holds.
    func text(of source: IdentifierSource, _ span: SourceSpan) throws -> String {
        let text: String?
        switch source {
        case .text(let literal): text = literal
        case .variable(let name):
            guard let constant = state.variables[name] else {
                throw WarehouseError(.invalidIdentifier, "Session variable '$\(name)' does not exist",
                                     hint: Identifiers.hint(for: name, in: state.variables.keys), span: span)
            }
            text = constant.text
        case .parameter(let parameter): text = parameters.value(of: parameter)?.text
        }
        guard let text else { throw WarehouseError(.invalidIdentifier, "IDENTIFIER needs a text.", span: span) }
        return text
    }

    /// The only part of a name that cannot be qualified: a role, user, warehouse, integration, database.
    func simpleName(_ reference: ObjectReference) throws -> String {
        let parts = try parts(reference)
        guard parts.count == 1 else {
            throw WarehouseError(
                .syntax, "SQL compilation error:\n'\(parts.joined(separator: "."))' must be a name of one part.",
                span: reference.span)
        }
        return parts[0]
    }
}

extension Constant {
    /// A VARCHAR's text; nil for everything else.
    var text: String? {
        if case .bytes(let bytes) = value, type.isText { return String(decoding: bytes, as: UTF8.self) }
        return nil
    }
}

/// Reading CREATE and ALTER properties.
struct PropertyReader {
    let properties: [ObjectProperty]
    let run: StatementRun

    func text(_ name: String) throws -> String? {
        guard let value = properties[name] else { return nil }
        return try PropertyReader.text(value, run)
    }

    static func text(_ value: PropertyValue, _ run: StatementRun) throws -> String? {
        switch value {
        case .variable(let name):
            guard let value = run.state.variables[name] else {
                throw WarehouseError(.missingVariable, "SQL compilation error:\nSession variable '$\(name)' does not exist")
            }
            return value.text
        case .parameter(let parameter): return run.parameters.value(of: parameter)?.text
        case .name(let reference): return try run.parts(reference).joined(separator: ".")
        default: return value.text
        }
    }

    func flag(_ name: String) throws -> Bool? {
        guard let value = properties[name] else { return properties.contains(name) ? true : nil }
        switch try PropertyReader.text(value, run).map(Identifiers.folded) {
        case "TRUE", "1", "YES", "ON": return true
        case "FALSE", "0", "NO", "OFF": return false
        default:
            throw WarehouseError(.invalidValue, "invalid value for property '\(name)': TRUE or FALSE is needed.")
        }
    }

    func integer(_ name: String) throws -> Int64? {
        guard let value = properties[name] else { return nil }
        guard let text = try PropertyReader.text(value, run), let number = Int64(text) else {
            throw WarehouseError(.invalidValue, "invalid value for property '\(name)': a whole number is needed.")
        }
        return number
    }

    /// A list of texts; one text counts as a list of one.
    func list(_ name: String) throws -> [String]? {
        guard let value = properties[name] else { return nil }
        if case .list(let items) = value { return try items.compactMap { try PropertyReader.text($0, run) } }
        return try PropertyReader.text(value, run).map { [$0] }
    }

    /// `NAME = (A = 1 B = 2)`.
    func nested(_ name: String) throws -> [ObjectProperty]? {
        switch properties[name] {
        case nil: return nil
        case .properties(let nested)?: return nested
        case .list(let items)? where items.isEmpty: return []
        default:
            // The value itself may be a key: it is not repeated.
            throw WarehouseError(.invalidValue, "SQL compilation error:\ninvalid value for property '\(name)'",
                                 hint: "\(name) = (NAME = value …) is needed.")
        }
    }

    /// Throws, with near names, for a property that is not among `known`.
    func check(_ known: some Collection<String>, of kind: String) throws {
        for property in properties where !known.contains(property.name) {
            throw WarehouseError(
                .invalidValue, "SQL compilation error:\ninvalid property '\(property.name)' for '\(kind)'",
                hint: Identifiers.hint(for: property.name, in: known), span: property.span)
        }
    }
}
