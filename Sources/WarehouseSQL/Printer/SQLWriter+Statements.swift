import WarehouseBasics

extension SQLWriter {
    mutating func write(_ statement: Statement) {
        switch statement {
        case .query(let query): write(query)
        case .insert(let insert): write(insert)
        case .insertIntoSeveral(let insert): write(insert)
        case .update(let update): write(update)
        case .delete(let delete): write(delete)
        case .merge(let merge): write(merge)
        case .truncate(let truncate):
            write(truncate.ifExists ? "TRUNCATE TABLE IF EXISTS " : "TRUNCATE TABLE ")
            write(truncate.table)
        case .createTable(let create): write(create)
        case .createView(let create): write(create)
        case .createFunction(let create): write(create)
        case .createObject(let create): write(create)
        case .alterTable(let alter): write(alter)
        case .alterObject(let alter): write(alter)
        case .drop(let drop): write(drop)
        case .undrop(let undrop):
            write("UNDROP \(undrop.kind.rawValue) ")
            write(undrop.name)
        case .comment(let comment): write(comment)
        case .grant(let grant): write(grant)
        case .revoke(let revoke): write(revoke)
        default: writeSession(statement)
        }
    }

    private mutating func writeSession(_ statement: Statement) {
        switch statement {
        case .use(let use): write(use)
        case .set(let set): write(set)
        case .unset(let names):
            write("UNSET ")
            if names.count == 1 { write(names[0]) } else { write(columns: names) }
        case .show(let show): write(show)
        case .describe(let describe): write(describe)
        case .explain(let explain):
            write(explain.isAnalyze ? "EXPLAIN ANALYZE" : "EXPLAIN")
            if let format = explain.format { write(" USING \(format.rawValue)") }
            newLine()
            write(explain.statement)
        case .copyIntoTable(let copy): write(copy)
        case .copyIntoLocation(let copy): write(copy)
        case .put(let put): write(put)
        case .get(let get): write(get)
        case .list(let list): write(list, word: "LIST")
        case .remove(let list): write(list, word: "REMOVE")
        case .begin(let name):
            write("BEGIN")
            if let name {
                write(" NAME ")
                write(name)
            }
        case .commit: write("COMMIT")
        case .rollback: write("ROLLBACK")
        case .vacuum(let table):
            write("VACUUM")
            if let table {
                write(" ")
                write(table)
            }
        case .call(let call):
            write("CALL ")
            write(call)
        case .executeImmediate(let text):
            write("EXECUTE IMMEDIATE ")
            write(text)
        default: break
        }
    }

    // MARK: DML

    private mutating func write(_ insert: InsertStatement) {
        write(insert.isOverwrite ? "INSERT OVERWRITE INTO " : "INSERT INTO ")
        write(insert.table)
        if !insert.columns.isEmpty {
            write(" ")
            write(columns: insert.columns)
        }
        newLine()
        write(insert.source)
    }

    private mutating func write(target: ObjectReference, _ alias: Identifier?) {
        write(target)
        if let alias {
            write(" AS ")
            write(alias)
        }
    }

    private mutating func write(_ assignments: [Assignment]) {
        list(assignments) { writer, assignment in
            writer.write(assignment.column)
            writer.write(" = ")
            writer.write(assignment.value)
        }
    }

    private mutating func write(_ update: UpdateStatement) {
        write("UPDATE ")
        write(target: update.table, update.alias)
        newLine()
        write("SET ")
        write(update.assignments)
        if !update.from.isEmpty { writeFrom(update.from) }
        writeClause("WHERE", update.filter)
    }

    private mutating func write(_ delete: DeleteStatement) {
        write("DELETE FROM ")
        write(target: delete.table, delete.alias)
        if !delete.using.isEmpty { writeFrom(delete.using, word: "USING") }
        writeClause("WHERE", delete.filter)
    }

    private mutating func write(_ merge: MergeStatement) {
        write("MERGE INTO ")
        write(target: merge.table, merge.alias)
        newLine()
        write("USING ")
        write(merge.source)
        writeClause("ON", merge.condition)
        for clause in merge.clauses {
            newLine()
            write(clause.isMatched ? "WHEN MATCHED" : "WHEN NOT MATCHED")
            if let condition = clause.condition {
                write(" AND ")
                write(condition)
            }
            write(" THEN ")
            write(clause.action)
        }
    }

    private mutating func write(_ action: MergeAction) {
        switch action {
        case .update(let assignments):
            write("UPDATE SET ")
            write(assignments)
        case .updateAllByName: write("UPDATE ALL BY NAME")
        case .delete: write("DELETE")
        case .insert(let columns, let values):
            write("INSERT ")
            if !columns.isEmpty {
                write(columns: columns)
                write(" ")
            }
            write("VALUES ")
            parenthesized(values) { $0.write($1) }
        case .insertAllByName: write("INSERT ALL BY NAME")
        }
    }

    // MARK: Stages

    /// Each option on a line of its own.
    private mutating func writeOptions(_ options: [ObjectProperty]) {
        for option in options {
            newLine()
            write(option)
        }
    }

    private mutating func write(_ copy: CopyIntoTableStatement) {
        write("COPY INTO ")
        write(copy.table)
        if !copy.columns.isEmpty {
            write(" ")
            write(columns: copy.columns)
        }
        if let source = copy.source {
            newLine()
            write("FROM ")
            switch source {
            case .location(let location): write(location)
            case .query(let query): writeParenthesized(query)
            }
        }
        writeOptions(copy.options)
    }

    private mutating func write(_ copy: CopyIntoLocationStatement) {
        write("COPY INTO ")
        write(copy.location)
        newLine()
        write("FROM ")
        switch copy.source {
        case .table(let table): write(table)
        case .query(let query): writeParenthesized(query)
        }
        if let partition = copy.partitionBy {
            newLine()
            write("PARTITION BY ")
            write(partition, Precedence.postfix + 1)
        }
        writeOptions(copy.options)
    }

    private mutating func write(file: String) {
        let isPlain = file.lowercased().hasPrefix("file://")
            && file.utf8.allSatisfy { $0 > 0x20 && $0 != 0x3B && $0 < 0x7F }
        if isPlain { write(file) } else { write(string: file) }
    }

    private mutating func write(_ put: PutStatement) {
        write("PUT ")
        write(file: put.file)
        write(" ")
        write(put.location)
        if !put.options.isEmpty { write(" ") }
        write(put.options)
    }

    private mutating func write(_ get: GetStatement) {
        write("GET ")
        write(get.location)
        write(" ")
        write(file: get.directory)
        if !get.options.isEmpty { write(" ") }
        write(get.options)
    }

    private mutating func write(_ statement: StageListStatement, word: String) {
        write(word + " ")
        write(statement.location)
        if !statement.options.isEmpty { write(" ") }
        write(statement.options)
    }
}
