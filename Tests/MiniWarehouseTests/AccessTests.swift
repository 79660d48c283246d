import MiniWarehouse
import Testing
import WarehouseBasics
import WarehouseSQL

/// For every kind of statement: a role that lacks any one of the grants it needs is refused, and one that holds exactly
/// these is served.
@Suite struct AccessTests {
    /// The cases of `Statement`. A new one does not compile before it has a name here, and then needs a case.
    private enum Kind: String, CaseIterable {
        case query, insert, insertIntoSeveral, update, delete, merge, truncate, createTable, createView, createFunction
        case createObject, alterTable, alterObject, drop, undrop, comment, grant, revoke, use, set, unset, show, describe
        case explain, copyIntoTable, copyIntoLocation, put, get, list, remove, begin, commit, rollback, vacuum, call
        case executeImmediate
    }

    private static func kind(_ statement: Statement) -> Kind {
        switch statement {
        case .query: .query
        case .insert: .insert
        case .insertIntoSeveral: .insertIntoSeveral
        case .update: .update
        case .delete: .delete
        case .merge: .merge
        case .truncate: .truncate
        case .createTable: .createTable
        case .createView: .createView
        case .createFunction: .createFunction
        case .createObject: .createObject
        case .alterTable: .alterTable
        case .alterObject: .alterObject
        case .drop: .drop
        case .undrop: .undrop
        case .comment: .comment
        case .grant: .grant
        case .revoke: .revoke
        case .use: .use
        case .set: .set
        case .unset: .unset
        case .show: .show
        case .describe: .describe
        case .explain: .explain
        case .copyIntoTable: .copyIntoTable
        case .copyIntoLocation: .copyIntoLocation
        case .put: .put
        case .get: .get
        case .list: .list
        case .remove: .remove
        case .begin: .begin
        case .commit: .commit
        case .rollback: .rollback
        case .vacuum: .vacuum
        case .call: .call
        case .executeImmediate: .executeImmediate
        }
    }

    /// `drop TABLE` of a statement about one kind of object.
    private static func topic(_ statement: Statement) -> String? {
        switch statement {
        case .createObject(let create): "create \(create.kind.rawValue)"
        case .alterObject(let alter): "alter \(alter.kind.rawValue)"
        case .drop(let drop): "drop \(drop.kind.rawValue)"
        default: nil
        }
    }

    private static let kindsOfObject = ["DATABASE", "SCHEMA", "ROLE", "DATABASE ROLE", "USER", "WAREHOUSE", "STAGE", "FILE FORMAT", "SEQUENCE", "TAG"]

    @Test func everyKindOfStatementHasACase() throws {
        let statements = try AccessCase.all.map { try Parser.parseStatement($0.sql).statement }
        // UNDROP has its own test below.
        let kinds = Set(statements.map(Self.kind)).union([.undrop])
        #expect(Set(Kind.allCases).subtracting(kinds).map(\.rawValue).sorted() == [])
        var wanted = Set(Self.kindsOfObject.flatMap { ["create \($0)", "alter \($0)", "drop \($0)"] })
        wanted.formUnion(["drop TABLE", "drop VIEW", "drop FUNCTION", "drop INTEGRATION", "create STORAGE INTEGRATION",
                          "alter STORAGE INTEGRATION", "alter VIEW", "alter FUNCTION"])
        #expect(wanted.subtracting(statements.compactMap(Self.topic)).sorted() == [])
    }

    private func filled(_ text: String, _ role: String, _ bench: Bench) -> String {
        text.replacing("{r}", with: role).replacing("{dir}", with: bench.folder.path)
    }

    /// Runs the statement in a role with these grants, and comes back.
    private func attempt(_ item: AccessCase, _ role: String, _ grants: [String], _ bench: Bench) throws -> Int {
        try bench.run("CREATE ROLE \(role); GRANT ROLE \(role) TO USER admin")
        for grant in grants + item.also { try bench.run(filled(grant, role, bench)) }
        try bench.run("USE ROLE \(role)")
        defer { _ = try? bench.run("ROLLBACK; USE ROLE accountadmin") }
        return try bench.run(filled(item.sql, role, bench)).rowCount
    }

    private static let refusals = Set([ErrorKind.insufficientPrivileges, .objectNotFound, .schemaNotFound, .objectMissing,
                                       .grantNotExecuted, .unknownFunction, .noCurrentDatabase].map(\.code))

    @Test func aMissingGrantIsMissed() throws {
        let bench = try Bench(AccessCase.setUp)
        for (number, item) in AccessCase.all.enumerated() {
            for missing in item.grants.indices {
                var grants = item.grants
                let lacking = grants.remove(at: missing), role = "lacking_\(number)_\(missing)"
                do {
                    let rows = try attempt(item, role, grants, bench)
                    #expect(item.isList && rows == 0, "\(item.sql) went without \(lacking)")
                } catch let error as WarehouseError {
                    #expect(Self.refusals.contains(error.code) || error.code == ErrorKind.invalidIdentifier.code,
                            "\(item.sql) without \(lacking): \(error)")
                    try expectSecrecy(of: error, item, role, grants, bench)
                }
                // What the role owned falls back.
                try bench.run("DROP ROLE \(role)")
            }
        }
    }

    /// What the role does not see is refused with the words for what is not there; what is called forbidden is something
    /// that the role holds a grant on, or that it tries to take the place of.
    private func expectSecrecy(of error: WarehouseError, _ item: AccessCase, _ role: String, _ grants: [String],
                               _ bench: Bench) throws {
        let sql = filled(item.sql, role, bench)
        if error.code == ErrorKind.insufficientPrivileges.code {
            let name = String(error.message.split(separator: "'").last ?? "").lowercased()
            let known = (grants + item.also).contains { grant in
                grant.split { " .(\n".contains($0) }.contains { $0.lowercased() == name }
            }
            // Who has some privilege on a database knows its roles.
            let isExempt = ["local", "dr"].contains(name) || sql.hasPrefix("CREATE") || sql.contains("file://")
            #expect(known || isExempt || error.message.contains("is not assigned"),
                    "\(sql): \(error) tells of \(name)")
            return
        }
        // The object that the refusal is about, under a name that nothing has.
        let name = error.message.split(separator: "'").dropFirst().first?.split(separator: ".").last?.lowercased() ?? ""
        let absent = sql.replacing(/\bd\.s\.%?([a-z]+)/) { $0.1 == name ? "\($0.0)_absent" : String($0.0) }
        guard absent != sql else { return }
        try bench.run("USE ROLE \(role)")
        defer { _ = try? bench.run("ROLLBACK; USE ROLE accountadmin") }
        do {
            try bench.run(absent)
            Issue.record("\(absent) went")
        } catch let other as WarehouseError {
            let shown = other.message.replacing("_ABSENT", with: "").replacing("_absent", with: "")
            #expect(shown == error.message, "\(sql) tells more of what is hidden than of what is not there")
        }
    }

    @Test(arguments: stride(from: 0, to: AccessCase.all.count, by: 12).map { $0 })
    func whatIsNeededIsEnough(first: Int) throws {
        for item in AccessCase.all[first..<min(first + 12, AccessCase.all.count)] {
            let bench = try Bench(AccessCase.setUp)
            do {
                let rows = try attempt(item, "holder", item.grants, bench)
                if item.isList { #expect(rows > 0, "\(item.sql) shows nothing") }
            } catch {
                Issue.record("\(item.sql): \(error)")
            }
        }
    }

    /// To bring back a table one must own it, and may make one there.
    @Test func undrop() throws {
        let bench = try Bench(AccessCase.setUp)
        try bench.run("""
            CREATE ROLE r; GRANT ROLE r TO ROLE accountadmin; GRANT USAGE ON DATABASE d TO ROLE r; GRANT USAGE ON SCHEMA d.s TO ROLE r;
            CREATE ROLE other; GRANT ROLE other TO ROLE accountadmin; GRANT USAGE ON DATABASE d TO ROLE other;
            GRANT CREATE TABLE ON SCHEMA d.s TO ROLE other;
            GRANT OWNERSHIP ON TABLE d.s.u TO ROLE r; DROP TABLE d.s.u; USE ROLE other
            """)
        bench.fails("UNDROP TABLE d.s.u", .objectNotFound, "did not exist or was purged")
        try bench.run("USE ROLE r")
        bench.fails("UNDROP TABLE d.s.u", .insufficientPrivileges, "schema 'S'")
        try bench.run("USE ROLE accountadmin; GRANT CREATE TABLE ON SCHEMA d.s TO ROLE r; USE ROLE r; UNDROP TABLE d.s.u; "
            + "SELECT * FROM d.s.u")
    }
}
