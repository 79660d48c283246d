import WarehouseBasics
import WarehouseSQL
import WarehouseStorage

/// GET_DDL: the statements that make objects anew. They run in this warehouse and give the same object.
struct ObjectDefinition {
    let resolver: NameResolver
    /// Names with database and schema.
    let isQualified: Bool

    func text(_ kind: String, _ parts: [String], _ types: [LogicalType]?) throws(WarehouseError) -> String {
        switch kind {
        case "FUNCTION":
            let entry = try UserFunctions.require(parts, types, resolver)
            guard mayShow(entry) else { throw Access.insufficient("function", entry.functionName) }
            return function(entry)
        case "TABLE", "VIEW":
            let entry = try resolver.require(.table, parts)
            guard (entry.kind == .view) == (kind == "VIEW") else {
                throw NameResolver.missing(entry.kind == .view ? .table : .view, parts,
                                           hint: "\(entry.name) is a \(entry.kind.title.lowercased()).", span: nil)
            }
            guard mayShow(entry) else {
                throw Access.insufficient(entry.kind.title.lowercased(), entry.name)
            }
            return statement(entry)
        case "SEQUENCE": return statement(try resolver.require(.sequence, parts))
        case "FILE_FORMAT": return statement(try resolver.require(.fileFormat, parts))
        case "SCHEMA":
            return schemas([try resolver.schema(parts)]).joined(separator: "\n\n")
        case "DATABASE":
            guard parts.count == 1 else { throw WarehouseError(.invalidValue, "A database's name has one part.") }
            let database = try resolver.database(parts[0])
            let schemas = resolver.children(of: database, kind: .schema).sorted { $0.name < $1.name }
            return ([head("database", database) + ";"] + self.schemas(schemas)).joined(separator: "\n\n")
        default:
            throw WarehouseError(.unsupported, "Unsupported feature 'GET_DDL of \(kind)'.",
                                 hint: "TABLE, VIEW, SEQUENCE, FILE_FORMAT, FUNCTION, SCHEMA and DATABASE are supported.")
        }
    }

    /// A secure view's text is its owner's.
    private func mayShow(_ entry: CatalogEntry) -> Bool {
        !entry.isSecure || resolver.access.owns(entry)
    }

    /// Keys that refer to a table further down, of a later schema or in a circle, are declared behind all of them.
    private func schemas(_ entries: [CatalogEntry]) -> [String] {
        let kinds: [EntryKind] = [.fileFormat, .sequence, .table, .view]
        let objects = entries.map { entry in
            kinds.flatMap { kind in
                ForeignKeys.ordered(resolver.children(of: entry, kind: kind).filter(mayShow).sorted { $0.name < $1.name })
            }
        }
        var toCome = Set(objects.joined().filter { $0.kind == .table }.map(\.id)), statements: [String] = []
        var later: [String] = []
        for (schema, objects) in zip(entries, objects) {
            statements.append(head("schema", schema) + ";")
            for object in objects {
                // A table may refer to itself.
                toCome.remove(object.id)
                statements.append(statement(object, before: toCome))
                guard object.kind == .table else { continue }
                for key in keys(of: object) where isForward(key, to: toCome) {
                    later.append("alter table \(name(object, withSchema: entries.count > 1)) add \(constraint(key));")
                }
            }
        }
        return statements + later
    }

    private func keys(of table: CatalogEntry) -> [DeclaredKey] { DeclaredKey.standing(of: table, in: resolver.catalog) }

    private func isForward(_ key: DeclaredKey, to tables: Set<ObjectID>) -> Bool {
        key.targetEntry(in: resolver.catalog).map { tables.contains($0.id) } == true
    }

    private func head(_ kind: String, _ entry: CatalogEntry) -> String {
        let modifier = entry.temporarySession != nil ? "TEMPORARY " : entry.isTransient ? "TRANSIENT " : ""
        return "create or replace \(modifier)\(kind) \(name(entry))"
    }

    /// `withSchema`: where another schema is the current one.
    private func name(_ entry: CatalogEntry, withSchema: Bool = false) -> String {
        if withSchema, !isQualified {
            let full = resolver.catalog.fullName(entry)
            return [full.schema, full.name].map(Identifiers.quoted).joined(separator: ".")
        }
        guard isQualified, let parent = entry.parent else { return Identifiers.quoted(entry.name) }
        guard entry.kind.isSchemaObject else {
            let database = resolver.catalog.entries[parent]?.name
            return ([database].compactMap { $0 } + [entry.name]).map(Identifiers.quoted).joined(separator: ".")
        }
        let full = resolver.catalog.fullName(entry)
        return [full.database, full.schema, full.name].map(Identifiers.quoted).joined(separator: ".")
    }

    /// `tables`: those that are not there yet, keys to which are left out.
    private func statement(_ entry: CatalogEntry, before tables: Set<ObjectID> = []) -> String {
        switch entry.kind {
        case .view:
            let secure = entry.isSecure ? "secure " : ""
            let columns = entry.columns.map { "\t" + Identifiers.quoted($0.name) + comment($0.comment) }
            return head(secure + "view", entry) + "(\n\(columns.joined(separator: ",\n"))\n)\(comment(entry.comment, "=")) as "
                + "\(entry.viewText);"
        case .sequence:
            let next = entry.attributes["NEXT"]?.integer ?? 1, step = entry.attributes["STEP"]?.integer ?? 1
            return head("sequence", entry) + " start with \(next) increment by \(step)\(comment(entry.comment, "="));"
        case .fileFormat: return head("FILE FORMAT", entry) + fileFormat(entry) + comment(entry.comment, "=") + ";"
        default: return table(entry, before: tables)
        }
    }

    private func function(_ entry: CatalogEntry) -> String {
        func list(_ columns: [TableColumn]) -> String {
            "(" + columns.map { column in
                "\"\(column.name)\" \(column.type)" + (column.defaultText.map { " DEFAULT \($0)" } ?? "")
            }.joined(separator: ", ") + ")"
        }
        var named = entry
        named.name = entry.functionName
        let modifier = (entry.temporarySession != nil ? "TEMPORARY " : "") + (entry.isSecure ? "SECURE " : "")
        let returns = entry.isTableFunction ? "TABLE " + list(entry.functionColumns)
            : entry.functionColumns.map { "\($0.type)" + ($0.isNullable ? "" : " NOT NULL") }.joined()
        return "CREATE OR REPLACE \(modifier)FUNCTION \(name(named))\(list(entry.functionParameters))\nRETURNS \(returns)\n"
            + "LANGUAGE SQL\(comment(entry.comment, "="))\nAS \(quoted(entry.text("BODY") ?? ""));"
    }

    private func table(_ entry: CatalogEntry, before tables: Set<ObjectID>) -> String {
        var lines = entry.columns.map { column in
            var line = "\t\(Identifiers.quoted(column.name)) \(column.type)"
            if !column.isNullable { line += " NOT NULL" }
            if let text = column.defaultText { line += " DEFAULT \(text)" }
            if let identity = column.identity { line += " autoincrement start \(identity.start) increment \(identity.step)" }
            return line + comment(column.comment)
        }
        for key in keys(of: entry) where !isForward(key, to: tables) { lines.append("\t" + constraint(key)) }
        return head("TABLE", entry) + " (\n\(lines.joined(separator: ",\n"))\n)\(comment(entry.comment, "="));"
    }

    private func constraint(_ key: DeclaredKey) -> String {
        func list(_ names: [String]) -> String { names.map(Identifiers.quoted).joined(separator: ", ") }
        // Names that the system gave are given anew.
        let name = key.name.hasPrefix("SYS_CONSTRAINT_") ? "" : "constraint \(Identifiers.quoted(key.name)) "
        let reliance = key.isReliedOn ? " rely" : ""
        switch key.kind {
        case .primary: return name + "primary key (\(list(key.columns)))" + reliance
        case .unique: return name + "unique (\(list(key.columns)))" + reliance
        case .foreign:
            let target = key.target.map(Identifiers.quoted).joined(separator: ".")
            let columns = key.targetColumns.isEmpty ? "" : " (\(list(key.targetColumns)))"
            func said(_ word: String, _ value: String, besides standard: String) -> String {
                value == standard ? "" : " \(word) \(value.lowercased())"
            }
            return name + "foreign key (\(list(key.columns))) references \(target)\(columns)"
                + said("match", key.matchOption, besides: "FULL") + said("on update", key.updateRule, besides: "NO ACTION")
                + said("on delete", key.deleteRule, besides: "NO ACTION") + reliance
        }
    }

    private func fileFormat(_ entry: CatalogEntry) -> String {
        let options = entry.attributes.filter { $0.key.hasPrefix(FileFormatOptions.prefix) }.map { key, value in
            let text = switch value {
            case .text(let text): quoted(text)
            case .integer(let number): String(number)
            case .flag(let flag): flag ? "TRUE" : "FALSE"
            case .list(let items): "(\(items.map(quoted).joined(separator: ", ")))"
            }
            return (name: String(key.dropFirst(FileFormatOptions.prefix.count)), text: text)
        }
        // TYPE decides which others there are.
        return options.sorted { ($0.name != "TYPE" ? 1 : 0, $0.name) < ($1.name != "TYPE" ? 1 : 0, $1.name) }
            .map { "\n\t\($0.name) = \($0.text)" }.joined()
    }

    private func comment(_ text: String, _ sign: String = " ") -> String {
        text.isEmpty ? "" : sign == " " ? " COMMENT \(quoted(text))" : "\nCOMMENT=\(quoted(text))"
    }

    private func quoted(_ text: String) -> String {
        var result = "'"
        for character in text.unicodeScalars {
            switch character {
            case "'": result += "''"
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(character)
            }
        }
        return result + "'"
    }
}
