import WarehouseBasics

extension SQLWriter {
    mutating func write(_ alter: AlterTableStatement) {
        write(alter.ifExists ? "ALTER TABLE IF EXISTS " : "ALTER TABLE ")
        write(alter.name)
        write(" ")
        write(alter.action)
    }

    private mutating func write(_ action: AlterTableAction) {
        switch action {
        case .addColumns(let columns, let ifNotExists):
            write(ifNotExists ? "ADD COLUMN IF NOT EXISTS " : "ADD COLUMN ")
            list(columns) { $0.write($1) }
        case .dropColumns(let columns, let ifExists):
            write(ifExists ? "DROP COLUMN IF EXISTS " : "DROP COLUMN ")
            list(columns) { $0.write($1) }
        case .renameColumn(let old, let new): write("RENAME COLUMN ", old, " TO ", new)
        case .renameConstraint(let old, let new): write("RENAME CONSTRAINT ", old, " TO ", new)
        case .alterColumns(let changes):
            write("ALTER ")
            list(changes) { $0.write($1) }
        case .renameTo(let name): write("RENAME TO ", name)
        case .swapWith(let name): write("SWAP WITH ", name)
        case .addConstraint(let constraint):
            write("ADD ")
            write(constraint, isInline: false)
        case .dropConstraint(let name):
            write("DROP CONSTRAINT ")
            write(name)
        case .dropPrimaryKey: write("DROP PRIMARY KEY")
        case .dropClusteringKey: write("DROP CLUSTERING KEY")
        case .clusterBy(let expressions):
            write("CLUSTER BY ")
            parenthesized(expressions) { $0.write($1) }
        case .set(let properties): writeSet(properties)
        case .unset(let names): writeUnset(names)
        case .setTags(let tags): writeTags(tags)
        case .unsetTags(let names): writeUnsetTags(names)
        case .maintenance(let words): write(words)
        }
    }

    private mutating func write(_ words: String, _ old: Identifier, _ between: String, _ new: Identifier) {
        write(words)
        write(old)
        write(between)
        write(new)
    }

    private mutating func write(_ words: String, _ name: ObjectReference) {
        write(words)
        write(name)
    }

    private mutating func writeSet(_ properties: [ObjectProperty]) {
        write("SET ")
        write(properties)
    }

    private mutating func writeUnset(_ names: [String]) {
        write("UNSET ")
        list(names) { $0.write(name: $1) }
    }

    private mutating func writeTags(_ tags: [ObjectProperty]) {
        write("SET TAG ")
        write(tags, separator: ", ")
    }

    private mutating func writeUnsetTags(_ names: [ObjectReference]) {
        write("UNSET TAG ")
        list(names) { $0.write($1) }
    }

    private mutating func write(_ change: ColumnChange) {
        write("COLUMN ")
        write(change.column)
        switch change.action {
        case .setType(let type):
            write(" SET DATA TYPE ")
            write(type)
        case .setNotNull: write(" SET NOT NULL")
        case .dropNotNull: write(" DROP NOT NULL")
        case .setDefault(let value):
            write(" SET DEFAULT ")
            write(value, Precedence.concatenation)
        case .dropDefault: write(" DROP DEFAULT")
        case .comment(let text):
            write(" COMMENT ")
            write(string: text)
        case .unsetComment: write(" UNSET COMMENT")
        case .setTags(let tags):
            write(" ")
            writeTags(tags)
        case .unsetTags(let names):
            write(" ")
            writeUnsetTags(names)
        }
    }

    mutating func write(_ alter: AlterObjectStatement) {
        write("ALTER \(alter.kind.rawValue) ")
        if alter.ifExists { write("IF EXISTS ") }
        if let name = alter.name {
            write(name)
            write(argumentTypes: alter.argumentTypes)
            write(" ")
        }
        switch alter.action {
        case .set(let properties): writeSet(properties)
        case .unset(let names): writeUnset(names)
        case .renameTo(let name): write("RENAME TO ", name)
        case .swapWith(let name): write("SWAP WITH ", name)
        case .setTags(let tags): writeTags(tags)
        case .unsetTags(let names): writeUnsetTags(names)
        case .command(let words): write(words)
        case .refresh(let subpath):
            write("REFRESH")
            if let subpath {
                write(" SUBPATH = ")
                write(string: subpath)
            }
        }
    }

    mutating func write(argumentTypes types: [TypeName]?) {
        guard let types else { return }
        parenthesized(types) { $0.write($1) }
    }

    mutating func write(_ drop: DropStatement) {
        write("DROP \(drop.kind.rawValue) " + (drop.ifExists ? "IF EXISTS " : ""))
        write(drop.name)
        write(argumentTypes: drop.argumentTypes)
        if let behavior = drop.behavior { write(" " + behavior.rawValue) }
    }

    mutating func write(_ comment: CommentStatement) {
        write(comment.ifExists ? "COMMENT IF EXISTS ON " : "COMMENT ON ")
        write(comment.kind.rawValue + " ")
        write(comment.name)
        write(argumentTypes: comment.argumentTypes)
        write(" IS ")
        write(string: comment.text)
    }
}
