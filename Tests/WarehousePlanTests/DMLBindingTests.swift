import Testing
import WarehouseBasics
import WarehouseSQL
@testable import WarehousePlan

@Suite struct DMLBindingTests {
    private let catalog = TestCatalog()

    private func target(_ name: String, defaults: [Expression?] = []) -> DMLBinding.Target {
        DMLBinding.Target(TestCatalog.standardTables.first { $0.name.name == name }!, defaults: defaults)
    }

    private func insert(_ sql: String, _ defaults: [Expression?] = []) throws -> BoundInsert {
        guard case .insert(let statement) = try Parser.parseStatement(sql).statement
            else { throw WarehouseError(.usage, "?") }
        return try DMLBinding.bindInsert(statement, into: target("T", defaults: defaults), catalog: catalog)
    }

    @Test func insertFillsTheWholeRow() throws {
        let bound = try insert("INSERT INTO t (c, a) VALUES ('x', '7'), (DEFAULT, 2.5)",
                               [nil, try Parser.parseExpression("5"), try Parser.parseExpression("'dflt'")])
        #expect(bound.plan.columns.map(\.type) == [.integer, .integer, .text])
        #expect(bound.defaulted == [1])
        let text = PlanPrinter.text(bound.plan)
        #expect(text.contains("'dflt'"))
        #expect(text.contains("CAST('7' AS NUMBER(38,0))"))
    }

    @Test func insertChecksCountsAndTypes() {
        #expect(throws: WarehouseError.self) { try insert("INSERT INTO t VALUES (1, 2)") }
        #expect(throws: WarehouseError.self) { try insert("INSERT INTO t (a) SELECT e FROM u") }
        #expect(throws: WarehouseError.self) { try insert("INSERT INTO t (a, a) VALUES (1, 2)") }
        #expect(throws: WarehouseError.self) { try insert("INSERT INTO t (zzz) VALUES (1)") }
    }

    @Test func updateGivesAddressAndWholeRow() throws {
        guard case .update(let statement) = try Parser.parseStatement(
            "UPDATE t x SET b = x.b + u.d, c = DEFAULT FROM u WHERE x.a = u.a").statement else { return }
        let bound = try DMLBinding.bindUpdate(statement, of: target("T"), catalog: catalog)
        #expect(bound.changed == [1, 2])
        #expect(bound.plan.columns.map(\.name) == ["ROWID", "A", "B", "C"])
        #expect(bound.plan.columns[2].type == .integer)
        #expect(bound.plan.freeColumns.isEmpty)
    }

    @Test func deleteGivesAddresses() throws {
        guard case .delete(let statement) = try Parser.parseStatement(
            "DELETE FROM t WHERE a IN (SELECT a FROM u) AND b > 1").statement else { return }
        let bound = try DMLBinding.bindDelete(statement, from: target("T"), catalog: catalog)
        #expect(bound.plan.columns.map(\.name) == ["ROWID"])
        #expect(PlanPrinter.text(bound.plan).contains("Join SEMI"))
    }

    @Test func mergeTagsEachRowWithItsClause() throws {
        guard case .merge(let statement) = try Parser.parseStatement("""
            MERGE INTO t USING (SELECT a, d FROM u) s ON t.a = s.a
            WHEN MATCHED AND s.d < 0 THEN DELETE
            WHEN MATCHED THEN UPDATE SET b = s.d
            WHEN NOT MATCHED THEN INSERT (a, b) VALUES (s.a, s.d)
            """).statement else { return }
        let bound = try DMLBinding.bindMerge(statement, into: target("T"), catalog: catalog)
        #expect(bound.actions == [.delete, .update, .insert])
        #expect(bound.plan.columns.map(\.name) == ["ROWID", "ACTION", "A", "B", "C"])
        #expect(PlanPrinter.text(bound.plan).contains("Join LEFT"))
        #expect(bound.plan.freeColumns.isEmpty)
    }

    @Test func mergeOfManyRowsIndexesItsTarget() throws {
        guard case .merge(let statement) = try Parser.parseStatement("""
            MERGE INTO u USING t ON u.a = t.a WHEN NOT MATCHED THEN INSERT (a) VALUES (t.a)
            """).statement else { return }
        let bound = try DMLBinding.bindMerge(statement, into: target("U"), catalog: catalog)
        #expect(PlanPrinter.text(bound.plan).contains("Join LEFT"))
    }
}
