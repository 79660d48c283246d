import WarehouseSQL

/// What each statement needs, in one place: a statement without an entry does not compile.
///
/// Queries are not here: the tables, views, stages, functions and sequences that they name are asked for where the
/// planner resolves them, for whoever's text names them. Nor are lists: SHOW and INFORMATION_SCHEMA hold what the role
/// sees. Nor GRANT and REVOKE, whose rules are those of `GrantRights`; nor USE, by which what may not be used is missing.
enum StatementAccess {
    static func check(_ statement: Statement, in run: StatementRun) throws {
        try run.require(requirements(statement))
    }

    static func requirements(_ statement: Statement) -> [AccessRequirement] {
        switch statement {
        case .query, .set, .unset, .use, .show, .begin, .commit, .rollback, .call, .executeImmediate, .grant, .revoke: []
        case .insert(let insert): inserting(insert.table, overwrites: insert.isOverwrite)
        case .insertIntoSeveral(let insert):
            insert.branches.flatMap(\.targets).flatMap { inserting($0.table, overwrites: insert.isOverwrite) }
        case .update(let update): [.privilege(["UPDATE"], .table, update.table)]
        case .delete(let delete): [.privilege(["DELETE"], .table, delete.table)]
        case .merge(let merge): of(merge)
        case .truncate(let truncate): [.privilege(["TRUNCATE"], .table, truncate.table)]
        case .createTable(let create): of(create)
        case .createView(let create):
            [.create(.view, create.name, isTemporary: create.isTemporary, orReplace: create.orReplace)]
        case .createFunction(let create):
            [.createFunction(create.name, create.parameters.map(\.type), isTemporary: create.isTemporary,
                             orReplace: create.orReplace)]
        case .createObject(let create): of(create)
        case .alterTable(let alter): of(alter)
        case .alterObject(let alter): of(alter)
        case .drop(let drop):
            CreateObject.entryKind(of: drop.kind).map { [.privilege([], $0, drop.name, types: drop.argumentTypes)] } ?? []
        case .undrop(let undrop): CreateObject.entryKind(of: undrop.kind).map { [.restore($0, undrop.name)] } ?? []
        case .comment(let comment): of(comment)
        case .describe(let describe): of(describe)
        case .explain(let explain): requirements(explain.statement)
        case .copyIntoTable(let copy): of(copy)
        case .copyIntoLocation(let copy): [.stage(copy.location, .write)]
        case .put(let put): [.stage(put.location, .write)]
        case .get(let get): [.stage(get.location, .read)]
        case .list(let list): [.stage(list.location, .read)]
        case .remove(let remove): [.stage(remove.location, .write)]
        case .vacuum(let table): table.map { [.privilege([], .table, $0)] } ?? [.account("MANAGE WAREHOUSES")]
        }
    }

    // MARK: Rows

    private static func inserting(_ table: ObjectReference, overwrites: Bool) -> [AccessRequirement] {
        (overwrites ? ["INSERT", "DELETE"] : ["INSERT"]).map { .privilege([$0], .table, table) }
    }

    private static func of(_ merge: MergeStatement) -> [AccessRequirement] {
        merge.clauses.map { clause in
            switch clause.action {
            case .update, .updateAllByName: .privilege(["UPDATE"], .table, merge.table)
            case .delete: .privilege(["DELETE"], .table, merge.table)
            case .insert, .insertAllByName: .privilege(["INSERT"], .table, merge.table)
            }
        }
    }

    /// Where the statement only validates, the files' rows are shown all the same.
    private static func of(_ copy: CopyIntoTableStatement) -> [AccessRequirement] {
        [.privilege(["INSERT"], .table, copy.table)] + (CopyIntoTable.source(copy).map { [.stage($0, .load)] } ?? [])
    }

    // MARK: Making

    private static func of(_ create: CreateTableStatement) -> [AccessRequirement] {
        var needed: [AccessRequirement] = [
            .create(.table, create.name, isTemporary: create.persistence == .temporary, orReplace: create.orReplace,
                    orAlter: create.orAlter),
        ]
        switch create.source {
        case .like(let model), .clone(let model, _): needed.append(.privilege(["SELECT"], .table, model))
        case .none, .query, .template: break
        }
        return needed + references(create.constraints + create.columns.flatMap(\.constraints))
    }

    private static func of(_ create: CreateObjectStatement) -> [AccessRequirement] {
        guard let kind = CreateObject.entryKind(of: create.kind) else { return [] }
        let clone = create.clone.map { [AccessRequirement.privilege(["USAGE"], kind, $0.source)] } ?? []
        return clone + [
            .create(kind, create.name, isTemporary: create.persistence == .temporary, orReplace: create.orReplace),
        ]
    }

    /// A foreign key tells of the table that it refers to.
    private static func references(_ constraints: [TableConstraint]) -> [AccessRequirement] {
        constraints.compactMap { constraint in
            guard case .foreignKey(let table, _) = constraint.kind else { return nil }
            return .privilege(["REFERENCES"], .table, table)
        }
    }

    // MARK: Changing

    private static func of(_ alter: AlterTableStatement) -> [AccessRequirement] {
        let own = AccessRequirement.privilege([], .table, alter.name)
        switch alter.action {
        case .renameTo(let name): return [own, .move(.table, to: name)]
        case .swapWith(let other): return [own, .privilege([], .table, other)]
        case .addConstraint(let constraint): return [own] + references([constraint])
        case .addColumns(let columns, _): return [own] + references(columns.flatMap(\.constraints))
        case .dropColumns, .renameColumn, .alterColumns, .dropConstraint, .dropPrimaryKey, .renameConstraint, .clusterBy,
             .dropClusteringKey, .set, .unset, .setTags, .unsetTags, .maintenance:
            return [own]
        }
    }

    private static func of(_ alter: AlterObjectStatement) -> [AccessRequirement] {
        // No role holds it but ACCOUNTADMIN, and nobody can grant it.
        if alter.kind == .account { return [.account("ALTER ACCOUNT")] }
        guard let kind = CreateObject.entryKind(of: alter.kind) else { return [] }
        if kind == .user { return ofUser(alter) }
        guard let name = alter.name else { return [] }
        func needs(_ privileges: [String]) -> [AccessRequirement] {
            [.privilege(privileges, kind, name, types: alter.argumentTypes)]
        }
        switch (kind, alter.action) {
        case (.database, .swapWith(let other)), (.schema, .swapWith(let other)):
            return needs([]) + [.privilege([], kind, other)]
        case (.database, .renameTo(let new)), (.schema, .renameTo(let new)): return needs([]) + [.move(kind, to: new)]
        case (_, .renameTo(let new)) where kind.isSchemaObject: return needs([]) + [.move(kind, to: new)]
        case (.role, .renameTo(let new)): return needs([]) + [.move(.role, to: new)]
        case (.databaseRole, _): return needs([])
        case (.warehouse, .set), (.warehouse, .unset): return needs(["MODIFY"])
        case (.warehouse, .command): return needs(["OPERATE"])
        case (.database, .set(let properties)) where properties.allSatisfy({ $0.name == "COMMENT" }):
            return needs(["MODIFY"])
        case (.schema, .set(let properties)) where properties.allSatisfy({ $0.name == "COMMENT" }):
            return needs(["MODIFY"])
        case (.stage, .refresh): return [.stage(StageLocation(root: .named(name)), .write)]
        default: return needs([])
        }
    }

    /// One's own standards are one's own matter. Without a name the session's user is meant.
    private static func ofUser(_ alter: AlterObjectStatement) -> [AccessRequirement] {
        let names: [String] = switch alter.action {
        case .set(let properties): properties.map(\.name)
        case .unset(let names): names
        default: []
        }
        if !names.isEmpty, names.allSatisfy(UserDefinition.isOwnMatter) { return [.user([], alter.name)] }
        return alter.name.map { [.privilege([], .user, $0)] } ?? [.currentUser]
    }

    private static func of(_ comment: CommentStatement) -> [AccessRequirement] {
        if comment.kind == .column { return [.column(comment.name)] }
        guard let kind = CreateObject.entryKind(of: comment.kind) else { return [] }
        let privileges = [.database, .schema, .warehouse].contains(kind) ? ["MODIFY"] : []
        return [.privilege(privileges, kind, comment.name, types: comment.argumentTypes)]
    }

    // MARK: Describing

    /// What DESCRIBE shows of an object anybody may see who has some privilege on it.
    private static func of(_ describe: DescribeStatement) -> [AccessRequirement] {
        switch describe.target {
        case .any(let name): return [.privilege(PrivilegeKinds.byKind["TABLE"] ?? [], .table, name)]
        case .result: return []
        case .object(let kind, let name, let types):
            guard let kind = CreateObject.entryKind(of: kind) else { return [] }
            let some: [String] = switch kind {
            case .database, .schema: ["MONITOR"]
            case .view, .table: PrivilegeKinds.byKind["TABLE"] ?? []
            default: PrivilegeKinds.byKind[kind.title.uppercased()] ?? []
            }
            if kind == .user { return [.user(["MONITOR"], name)] }
            return [.privilege(some, kind, name, types: types)]
        }
    }
}
