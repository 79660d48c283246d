import WarehouseBasics

/// The text being printed, with its indentation. Each family of syntax writes itself in an extension.
struct SQLWriter {
    var text = ""
    let dialect: SQLPrinter.Dialect
    private var level = 0

    init(_ dialect: SQLPrinter.Dialect) { self.dialect = dialect }

    mutating func write(_ part: String) { text += part }

    mutating func newLine() {
        text += "\n"
        for _ in 0..<level { text += "    " }
    }

    /// What `body` writes on lines of its own, one level deeper.
    mutating func indented(_ body: (inout SQLWriter) -> Void) {
        level += 1
        newLine()
        body(&self)
        level -= 1
    }

    mutating func list<Element>(
        _ elements: [Element], separator: String = ", ", _ write: (inout SQLWriter, Element) -> Void
    ) {
        for (offset, element) in elements.enumerated() {
            if offset > 0 { self.write(separator) }
            write(&self, element)
        }
    }

    mutating func parenthesized<Element>(_ elements: [Element], _ write: (inout SQLWriter, Element) -> Void) {
        self.write("(")
        list(elements, write)
        self.write(")")
    }

    /// `(`, the query on lines of its own, `)`.
    mutating func writeParenthesized(_ query: Query) {
        write("(")
        indented { $0.write(query) }
        newLine()
        write(")")
    }

    // MARK: Names

    mutating func write(_ identifier: Identifier) { write(name: identifier.name) }

    mutating func write(name: String) {
        let plain = Identifiers.isPlain(name) && !ReservedWords.quoted.contains(name)
        write(plain ? name : quoted(name))
    }

    /// A name that stands where a function is called: many reserved words may.
    mutating func write(functionName parts: [Identifier]) {
        guard parts.count == 1, Identifiers.isPlain(parts[0].name) else { return write(parts) }
        let name = parts[0].name
        let isReserved = ReservedWords.strict.contains(name) && !ReservedWords.functions.contains(name)
            || ReservedWords.scalar.contains(name) || name == "EXISTS" || name == "PRIOR"
            || name == "CONNECT_BY_ROOT" || name == "IDENTIFIER" || name == "LATERAL" || name == "VALUES"
        write(isReserved ? quoted(name) : name)
    }

    func quoted(_ name: String) -> String {
        let mark: Character = dialect == .spark ? "`" : "\""
        var result = String(mark)
        for character in name.unicodeScalars {
            if String(character) == String(mark) { result.append(mark) }
            result.unicodeScalars.append(character)
        }
        result.append(mark)
        return result
    }

    mutating func write(_ parts: [Identifier]) {
        list(parts, separator: ".") { $0.write($1) }
    }

    mutating func write(_ reference: ObjectReference) {
        switch reference.kind {
        case .name(let parts): write(parts)
        case .computed(let source):
            write("IDENTIFIER(")
            write(source)
            write(")")
        }
    }

    mutating func write(_ source: IdentifierSource) {
        switch source {
        case .text(let name): write(string: name)
        case .variable(let name): write("$" + name)
        case .parameter(let parameter): write(parameter)
        }
    }

    mutating func write(_ parameter: BindParameter) {
        switch parameter {
        case .positional: write("?")
        case .numbered(let number): write(":\(number)")
        case .named(let name): write(":" + (Identifiers.isPlain(name) ? name : quoted(name)))
        }
    }

    mutating func write(columns: [Identifier]) { parenthesized(columns) { $0.write($1) } }

    // MARK: Literals

    mutating func write(_ literal: Literal) {
        switch literal {
        case .null: write("NULL")
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .number(let digits): write(digits)
        case .string(let value): write(string: value)
        case .binary(let digits): write("X'\(digits)'")
        case .date(let value): write(word: "DATE", value)
        case .time(let value): write(word: "TIME", value)
        case .timestamp(let type, let value): write(word: type, value)
        case .interval(let value, let unit):
            write(word: "INTERVAL", value)
            if let unit { write(" " + unit) }
        }
    }

    private mutating func write(word: String, _ value: String) {
        write(word + " ")
        write(string: value)
    }

    /// In single quotes, on one line whatever it holds.
    mutating func write(string value: String) {
        var result = "'"
        for scalar in value.unicodeScalars {
            switch scalar {
            case "'": result += dialect == .spark ? "\\'" : "''"
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\0": result += "\\u0000"
            default: result.unicodeScalars.append(scalar)
            }
        }
        write(result + "'")
    }

    // MARK: Types

    mutating func write(_ type: TypeName) {
        write(dialect == .spark ? SparkTypes.name(of: type) : type.name)
        guard !type.arguments.isEmpty, dialect != .spark || SparkTypes.keepsArguments(type) else { return }
        parenthesized(type.arguments) { writer, argument in
            switch argument {
            case .integer(let value): writer.write(String(value))
            case .type(let element, let isNotNull):
                writer.write(element)
                if isNotNull { writer.write(" NOT NULL") }
            case .field(let name, let element, let isNotNull):
                writer.write(name)
                writer.write(" ")
                writer.write(element)
                if isNotNull { writer.write(" NOT NULL") }
            }
        }
    }
}

/// Spark's names for Snowflake's types.
enum SparkTypes {
    static func name(of type: TypeName) -> String {
        switch type.name {
        case "NUMBER", "NUMERIC", "DECIMAL": type.arguments.isEmpty ? "DECIMAL(38, 0)" : "DECIMAL"
        case "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE PRECISION", "REAL": "DOUBLE"
        case "VARCHAR", "TEXT", "STRING", "CHAR", "CHARACTER", "NVARCHAR": "STRING"
        case "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "TIMESTAMPLTZ", "TIMESTAMPTZ": "TIMESTAMP"
        case "TIMESTAMPNTZ", "DATETIME": "TIMESTAMP_NTZ"
        case "OBJECT": "VARIANT"
        case "ARRAY": "ARRAY<VARIANT>"
        default: type.name
        }
    }

    static func keepsArguments(_ type: TypeName) -> Bool {
        ["NUMBER", "NUMERIC", "DECIMAL"].contains(type.name)
    }
}
