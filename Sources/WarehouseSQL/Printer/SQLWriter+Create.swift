import WarehouseBasics

extension SQLWriter {
    private mutating func write(create words: [String], _ name: ObjectReference, ifNotExists: Bool) {
        write((["CREATE"] + words.filter { !$0.isEmpty } + (ifNotExists ? ["IF NOT EXISTS "] : [""]))
            .joined(separator: " "))
        write(name)
    }

    mutating func write(_ create: CreateTableStatement) {
        write(create: [create.orReplace ? "OR REPLACE" : create.orAlter ? "OR ALTER" : "", create.persistence.rawValue,
                       "TABLE"], create.name,
              ifNotExists: create.ifNotExists)
        if !create.columns.isEmpty || !create.constraints.isEmpty {
            write(" (")
            indented { writer in
                writer.list(create.columns, separator: ",") { writer, column in
                    if column != create.columns[0] { writer.newLine() }
                    writer.write(column)
                }
                for (offset, constraint) in create.constraints.enumerated() {
                    if offset > 0 || !create.columns.isEmpty {
                        writer.write(",")
                        writer.newLine()
                    }
                    writer.write(constraint, isInline: false)
                }
            }
            newLine()
            write(")")
        }
        writeSourceBeforeOptions(create.source)
        if !create.clusterBy.isEmpty {
            newLine()
            write("CLUSTER BY ")
            parenthesized(create.clusterBy) { $0.write($1) }
        }
        for property in create.properties {
            newLine()
            write(property)
        }
        if case .query(let query) = create.source {
            newLine()
            write("AS")
            newLine()
            write(query)
        }
    }

    private mutating func writeSourceBeforeOptions(_ source: TableSource) {
        switch source {
        case .none, .query: break
        case .like(let table):
            write(" LIKE ")
            write(table)
        case .clone(let table, let timeTravel):
            write(" CLONE ")
            write(table)
            if let timeTravel { write(timeTravel) }
        case .template(let query):
            write(" USING TEMPLATE ")
            writeParenthesized(query)
        }
    }

    mutating func write(_ column: ColumnDefinition) {
        write(column.name)
        if let type = column.type {
            write(" ")
            write(type)
        }
        if let computed = column.computed {
            write(" AS (")
            write(computed)
            write(")")
        }
        if let collation = column.collation {
            write(" COLLATE ")
            write(string: collation)
        }
        if column.isNotNull { write(" NOT NULL") }
        if let value = column.defaultValue {
            write(" DEFAULT ")
            write(value, Precedence.concatenation)
        }
        if let identity = column.identity {
            write(" AUTOINCREMENT START \(identity.start) INCREMENT \(identity.increment)")
            if let isOrdered = identity.isOrdered { write(isOrdered ? " ORDER" : " NOORDER") }
        }
        for constraint in column.constraints {
            write(" ")
            write(constraint, isInline: true)
        }
        if !column.tags.isEmpty {
            write(" WITH TAG (")
            write(column.tags, separator: ", ")
            write(")")
        }
        if let comment = column.comment {
            write(" COMMENT ")
            write(string: comment)
        }
    }

    mutating func write(_ constraint: TableConstraint, isInline: Bool) {
        if let name = constraint.name {
            write("CONSTRAINT ")
            write(name)
            write(" ")
        }
        let columns = isInline ? [] : constraint.columns
        switch constraint.kind {
        case .primaryKey: write(columns.isEmpty ? "PRIMARY KEY" : "PRIMARY KEY ")
        case .unique: write(columns.isEmpty ? "UNIQUE" : "UNIQUE ")
        case .foreignKey: write(isInline ? "" : "FOREIGN KEY ")
        case .check: write("CHECK ")
        }
        if !columns.isEmpty { write(columns: columns) }
        switch constraint.kind {
        case .foreignKey(let table, let referenced):
            write(isInline ? "REFERENCES " : " REFERENCES ")
            write(table)
            if !referenced.isEmpty {
                write(" ")
                write(columns: referenced)
            }
        case .check(let condition):
            write("(")
            write(condition)
            write(")")
        case .primaryKey, .unique: break
        }
        for property in constraint.properties { write(" " + property) }
    }

    mutating func write(_ create: CreateViewStatement) {
        write(create: [
            create.orReplace ? "OR REPLACE" : "", create.isSecure ? "SECURE" : "",
            create.isTemporary ? "TEMPORARY" : "", create.isRecursive ? "RECURSIVE" : "",
            create.isMaterialized ? "MATERIALIZED VIEW" : "VIEW",
        ], create.name, ifNotExists: create.ifNotExists)
        if !create.columns.isEmpty {
            write(" ")
            parenthesized(create.columns) { writer, column in
                writer.write(column.name)
                if let comment = column.comment {
                    writer.write(" COMMENT ")
                    writer.write(string: comment)
                }
            }
        }
        for property in create.properties {
            newLine()
            write(property)
        }
        newLine()
        write("AS")
        newLine()
        write(create.query)
    }

    mutating func write(_ create: CreateObjectStatement) {
        write(create: [create.orReplace ? "OR REPLACE" : "", create.persistence.rawValue, create.kind.rawValue],
              create.name, ifNotExists: create.ifNotExists)
        if let clone = create.clone {
            write(" CLONE ")
            write(clone.source)
            if let timeTravel = clone.timeTravel { write(timeTravel) }
        }
        for property in create.properties {
            newLine()
            write(property)
        }
    }

    mutating func write(_ create: CreateFunctionStatement) {
        write(create: [
            create.orReplace ? "OR REPLACE" : "", create.isTemporary ? "TEMPORARY" : "",
            create.isSecure ? "SECURE" : "", create.isProcedure ? "PROCEDURE" : "FUNCTION",
        ], create.name, ifNotExists: create.ifNotExists)
        write(create.parameters)
        newLine()
        switch create.returns {
        case .scalar(let type, let isNotNull):
            write("RETURNS ")
            write(type)
            if isNotNull { write(" NOT NULL") }
        case .table(let columns):
            write("RETURNS TABLE ")
            write(columns)
        }
        for property in create.properties {
            newLine()
            write(property)
        }
        guard !create.body.isEmpty else { return }
        newLine()
        write("AS ")
        if create.body.contains("$$") || create.body.hasSuffix("$") {
            write(string: create.body)
        } else {
            write("$$\(create.body)$$")
        }
    }

    private mutating func write(_ parameters: [FunctionParameter]) {
        parenthesized(parameters) { writer, parameter in
            writer.write(parameter.name)
            writer.write(" ")
            writer.write(parameter.type)
            if let value = parameter.defaultValue {
                writer.write(" DEFAULT ")
                writer.write(value)
            }
        }
    }
}
