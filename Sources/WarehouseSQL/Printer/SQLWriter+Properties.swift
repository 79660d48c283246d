import WarehouseBasics

extension SQLWriter {
    mutating func write(_ location: StageLocation) {
        if case .url = location.root { return write(string: SQLWriter.text(of: location)) }
        let whole = SQLWriter.text(of: location, dialect)
        let isPlain = whole.utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7F && !"'(),;".utf8.contains(byte)
        } && !location.path.utf8.contains(0x22)
        if isPlain { write(whole) } else { write(string: whole) }
    }

    /// `@stage/path` or a URL, without quotes around it.
    static func text(of location: StageLocation, _ dialect: SQLPrinter.Dialect = .warehouse) -> String {
        var name = SQLWriter(dialect)
        switch location.root {
        case .url(let url): return url + location.path
        case .user: name.write("~")
        case .named(let reference): name.write(reference)
        case .table(let reference):
            let parts = reference.parts ?? []
            name.write(Array(parts.dropLast()))
            name.write(parts.count > 1 ? ".%" : "%")
            if let last = parts.last { name.write(last) }
        }
        return "@" + name.text + (location.path.isEmpty ? "" : "/" + location.path)
    }

    mutating func write(_ properties: [ObjectProperty], separator: String = " ") {
        list(properties, separator: separator) { $0.write($1) }
    }

    mutating func write(_ property: ObjectProperty, assignment: String = " = ") {
        if property.name == "TAG", case .properties(let tags) = property.value {
            write("TAG (")
            write(tags, separator: ", ")
            write(")")
            return
        }
        if property.name == "ALLOWED_VALUES", case .list(let values) = property.value {
            write("ALLOWED_VALUES ")
            return list(values) { $0.write($1) }
        }
        if property.name == "LANGUAGE", let language = property.value?.text { return write("LANGUAGE " + language) }
        write(property.name)
        if let value = property.value {
            write(assignment)
            write(value)
        }
    }

    mutating func write(_ value: PropertyValue) {
        switch value {
        case .string(let text): write(string: text)
        case .number(let digits): write(digits)
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .null: write("NULL")
        case .name(let reference): write(propertyName: reference)
        case .variable(let name): write("$" + name)
        case .parameter(let parameter): write(parameter)
        case .list(let values): parenthesized(values) { $0.write($1) }
        case .properties(let properties):
            write("(")
            write(properties)
            write(")")
        case .expression(let expression): write(expression)
        }
    }

    /// Reserved words stand here unquoted: `ALL`, `ROW`.
    private mutating func write(propertyName reference: ObjectReference) {
        guard let parts = reference.parts else { return write(reference) }
        list(parts, separator: ".") { writer, part in
            let isPlain = Identifiers.isPlain(part.name) && !["TRUE", "FALSE", "NULL"].contains(part.name)
            writer.write(isPlain ? part.name : writer.quoted(part.name))
        }
    }
}
