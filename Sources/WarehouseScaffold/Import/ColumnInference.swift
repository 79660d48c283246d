#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import WarehouseBasics
import WarehouseSQL

/// Finds out which columns a project's relations have, and of which types: each is made, empty, in a warehouse that is
/// thrown away, and asked.
///
/// Of a source only the columns that the project describes are known. One that a query of it asks for beside them is
/// taken to be there, as text; so the columns of a source that nobody described follow from what reads it.
struct ColumnInference {
    private let session: Session
    private var project: DbtProject
    /// Names of the relations that could be made.
    private var made: Set<String> = []
    /// Sources that columns may be added to.
    private var openSources: Set<String> = []
    private static let maximumColumns = 500

    /// The project with what could be found out.
    static func complete(_ project: DbtProject) throws(WarehouseError) -> DbtProject {
        var template = Array("/tmp/mlwh-import-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Folders.failure("make a folder in", "/tmp") }
        let path = String(cString: made)
        defer { remove(path) }
        do {
            let warehouse = try Warehouse.open(path + "/types.mlwh")
            var inference = ColumnInference(session: warehouse.session, project: project)
            inference.run()
            return inference.project
        } catch let error as WarehouseError {
            throw error
        } catch {
            throw WarehouseError(.internalFault, "\(error)")
        }
    }

    private static func remove(_ folder: String) {
        for name in (try? Folders.names(in: folder)) ?? [] where unlink("\(folder)/\(name)") != 0 { remove("\(folder)/\(name)") }
        rmdir(folder)
    }

    private init(session: Session, project: DbtProject) {
        self.session = session
        self.project = project
    }

    private mutating func run() {
        for index in project.resources.indices {
            switch project.resources[index].kind {
            case .source: addSource(index)
            case .seed: addSeed(index)
            case .model, .snapshot: addQuery(index, isRelation: true)
            case .test, .analysis: addQuery(index, isRelation: false)
            }
        }
    }

    private static func name(_ key: String) -> String {
        "\"" + key.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    // MARK: Tables

    private mutating func addSource(_ index: Int) {
        for column in project.resources[index].columns.indices {
            project.resources[index].columns[column].type =
                project.resources[index].columns[column].declaredType.flatMap { type(named: $0) }
        }
        openSources.insert(project.resources[index].key)
        makeTable(project.resources[index])
    }

    /// The type of that name; nil when there is none.
    private func type(named name: String) -> LogicalType? {
        guard name.utf8.count <= 200, name.unicodeScalars.allSatisfy({ $0 != ";" && $0 != "'" }) else { return nil }
        return try? session.execute("SELECT CAST(NULL AS \(name)) AS x").columns.first?.type
    }

    private mutating func makeTable(_ resource: DbtResource) {
        let columns = resource.columns.map { "\(Self.name($0.name)) \(Self.written($0.type ?? .text))" }
        let list = columns.isEmpty ? "\"#none\" VARCHAR" : columns.joined(separator: ", ")
        if (try? session.execute("CREATE OR REPLACE TABLE \(Self.name(resource.key)) (\(list))")) != nil {
            made.insert(resource.key)
        }
    }

    private static func written(_ type: LogicalType) -> String {
        switch type {
        case .number(let precision, let scale): "NUMBER(\(precision),\(scale))"
        case .float: "FLOAT"
        case .binary: "BINARY"
        case .boolean: "BOOLEAN"
        case .date: "DATE"
        case .time: "TIME"
        case .timestampNTZ: "TIMESTAMP_NTZ"
        case .timestampLTZ: "TIMESTAMP_LTZ"
        case .timestampTZ: "TIMESTAMP_TZ"
        case .variant: "VARIANT"
        case .object: "OBJECT"
        case .array: "ARRAY"
        case .varchar, .null: "VARCHAR"
        }
    }

    private mutating func addSeed(_ index: Int) {
        let resource = project.resources[index]
        guard let records = SeedRecords(resource.csv) else {
            project.note(resource.path, nil, "the seed's file is no CSV with a header; it is left out")
            return
        }
        if records.isUneven { project.note(resource.path, nil, "lines of the seed's file differ in their number of fields") }
        let types = resource.setting("column_types")
        for (place, header) in records.header.enumerated() {
            let stored = Identifiers.folded(header.trimmingSpaces)
            let type = types?[header].flatMap { self.type(named: $0.text) } ?? records.type(of: place)
            if let known = resource.columns.firstIndex(where: { Identifiers.folded($0.name) == stored }) {
                project.resources[index].columns[known].type = type
                project.resources[index].columns[known].name = stored
            } else {
                project.resources[index].columns.append(DbtColumn(name: stored, type: type))
            }
        }
        // In the file's order, and only what is in it.
        let order = records.header.map { Identifiers.folded($0.trimmingSpaces) }
        project.resources[index].columns = order.compactMap { name in
            project.resources[index].columns.first { $0.name == name }
        }
        project.resources[index].isComplete = true
        makeTable(project.resources[index])
    }

    // MARK: Queries

    private mutating func addQuery(_ index: Int, isRelation: Bool) {
        let resource = project.resources[index]
        let text = QueryText.trimmed(resource.pieces)
        guard !text.isEmpty else { return }
        var columns: [ResultColumn]?
        var failure: WarehouseError?
        let sql = Self.sql(text, this: resource.key)
        for _ in 0...ColumnInference.maximumColumns {
            do {
                columns = try session.execute("SELECT * FROM (\n\(sql)\n) LIMIT 0").columns
                failure = nil
                break
            } catch {
                failure = error as? WarehouseError
                guard let failure, addMissingColumn(failure, read: text.relations, sql: sql) else { break }
            }
        }
        guard let columns else {
            let isJinja = project.notes.contains { $0.path == resource.path && $0.text.hasPrefix("Jinja") }
            if isJinja, (try? Parser.parseQuery(sql)) == nil {
                project.resources[index].isLeftOut = true
                project.note(
                    resource.path, nil, "\(resource.name) is left out of the list in Tool.swift: write its SQL, then add it")
            } else if let read = text.relations.first(where: { project[$0]?.isLeftOut == true }) {
                project.resources[index].isLeftOut = true
                project.note(
                    resource.path, nil, "\(resource.name) reads \(project[read]?.name ?? read), and is left out with it")
            } else if !isJinja {
                project.note(resource.path, nil, "its columns are not known, as it does not compile: "
                    + (failure?.message ?? "unknown"))
            }
            return
        }
        if isRelation, (try? session.execute("CREATE OR REPLACE VIEW \(Self.name(resource.key)) AS\n\(sql)")) != nil {
            made.insert(resource.key)
        }
        for described in resource.columns where !columns.contains(where: { $0.name == described.name })
            && !described.name.hasPrefix("DBT_") {
            project.note(resource.path, nil, "the column \(described.name), which is described, is not in its query")
        }
        project.resources[index].columns = columns.map { column in
            var known = resource.columns.first { $0.name == column.name } ?? DbtColumn(name: column.name)
            known.type = column.type
            return known
        }
        project.resources[index].isComplete = true
    }

    private static func sql(_ pieces: [SQLPiece], this: String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .relation(let key): name(key)
            case .this: name(this)
            case .whenIncremental(_, let otherwise): sql(otherwise, this: this)
            }
        }.joined()
    }

    /// A column that a query asks for and no source is known to have is added to one that the query reads; false when
    /// that cannot be the cause.
    private mutating func addMissingColumn(_ error: WarehouseError, read: [String], sql: String) -> Bool {
        guard error.code == ErrorKind.invalidIdentifier.code, let open = error.message.firstRange(of: "invalid identifier '"),
              let close = error.message[open.upperBound...].lastIndex(of: "'") else { return false }
        let written = error.message[open.upperBound..<close]
        guard let last = written.split(separator: ".").last else { return false }
        let name = last.hasPrefix("\"") ? String(last.dropFirst().dropLast()) : String(last)
        for key in read where openSources.contains(key) {
            guard let index = project.resources.firstIndex(where: { $0.key == key }),
                  project.resources[index].columns.count < ColumnInference.maximumColumns,
                  !project.resources[index].columns.contains(where: { $0.name == name }) else { continue }
            project.resources[index].columns.append(DbtColumn(name: name))
            makeTable(project.resources[index])
            // The right source is the one that makes this complaint go away.
            do { _ = try session.execute("SELECT * FROM (\n\(sql)\n) LIMIT 0") } catch {
                if (error as? WarehouseError)?.message.contains("'\(written)'") == true {
                    project.resources[index].columns.removeLast()
                    makeTable(project.resources[index])
                    continue
                }
            }
            return true
        }
        return false
    }
}

/// The text of a query as a part of another one.
enum QueryText {
    /// Without white space at both ends, and without the `;` that ends it.
    static func trimmed(_ pieces: [SQLPiece]) -> [SQLPiece] {
        var pieces = pieces
        while case .text(let text)? = pieces.last {
            var rest = text[...]
            while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
            if rest.isEmpty { pieces.removeLast() } else {
                pieces[pieces.count - 1] = .text(String(rest))
                break
            }
        }
        while case .text(let text)? = pieces.first {
            let rest = text.drop { $0.isWhitespace }
            if rest.isEmpty { pieces.removeFirst() } else {
                pieces[0] = .text(String(rest))
                break
            }
        }
        return pieces
    }
}
